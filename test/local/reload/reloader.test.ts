import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ownSources } from '../../../lib/bundle/index.ts';
import { Reloader } from '../../../lib/local/reload/index.ts';
import { createProject, jobFiles } from '../../cdk/job-project.ts';

const PATIENT = { timeout: 30_000, interval: 20 };

it('takes in a job folder that comes while other code is bundled, and ends in the middle of a build', async () => {
  const projectDirectory = createProject({ 'package.json': '{}', ...jobFiles('one') });
  const loaded: string[] = [];
  const said: string[] = [];
  let onJudge = (): void => {};
  const comeMeanwhile = (): void => {
    mkdirSync(join(projectDirectory, 'jobs/late'), { recursive: true });
    for (const [path, text] of Object.entries(jobFiles('late'))) writeFileSync(join(projectDirectory, path), text);
  };
  const reloader = new Reloader({
    targets: [
      {
        label: 'consumer',
        origin: {
          name: 'consumer',
          sources: ownSources(),
          jobsDirectory: join(projectDirectory, 'jobs'),
          projectDirectory,
        },
        codeDirectory: join(projectDirectory, 'at-first'),
        tryCode: async (directory) => {
          loaded.push(readFileSync(join(directory, 'index.js'), 'utf8'));
          return { kind: 'loaded', adopt: async () => {}, discard: async () => {} };
        },
      },
    ],
    directory: join(projectDirectory, 'bundles'),
    appInputs: async () => [],
    onLine: (text) => said.push(text),
    // Called when the pass has looked at the files; a moment later it has listed the job folders for the bundle, too.
    types: {
      begin: () => queueMicrotask(comeMeanwhile),
      judge: () => {
        onJudge();
        return { mayRun: Promise.resolve(true), keep: () => {} };
      },
    },
    colors: false,
  });
  onTestFinished(() => reloader.close());

  await vi.waitFor(() => expect(loaded.at(-1)?.includes('late done'), said.join('\n')).toBe(true), PATIENT);
  // Its end comes in the middle of another build, after which the bundler answers no more.
  await new Promise<void>((resolve) => {
    onJudge = resolve;
    writeFileSync(join(projectDirectory, 'jobs/late/handler.ts'), 'export const handler = 1;');
  });
});
