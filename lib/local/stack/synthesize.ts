import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_CONTEXT } from '../../core/index.ts';
import type { Spawner } from '../processes/index.ts';
import { StackError } from './errors.ts';

/**
 * What the command line of the CDK would say: print a failure as a message, not as an exception. And do not look for what
 * CloudFormation would refuse: that takes longer than all the rest of a start, and `cdk synth` and `cdk deploy` do it.
 */
const APP_SETTINGS = { CDK_APP_MODE: 'process', CDK_VALIDATION: 'false' };

/** Lines of a failed app that are worth showing; the cause stands at the end, below it only a stack trace. */
const SHOWN_LINES = 40;

/** What `cdk.json` says about the app of a project. */
export interface CdkProject {
  readonly directory: string;
  /** The command that runs the app. */
  readonly app: string;
  readonly context: object;
}

export interface SynthesizeOptions {
  readonly project: CdkProject;
  /** Emptied first. */
  readonly output: string;
  readonly region: string;
  readonly accountId: string;
  /** Of whoever started us: the app is their code. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly spawner: Spawner;
  readonly signal: AbortSignal;
}

/** Runs the app as `cdk synth` would. Rejects with {@link StackError}, which carries the app's own words. */
export async function synthesize(options: SynthesizeOptions): Promise<void> {
  const { project, output, region, accountId, environment, spawner, signal } = options;
  const { app, context } = project;
  await rm(output, { recursive: true, force: true });
  const lines: string[] = [];
  const child = spawner.spawn({
    name: 'CDK app',
    command: '/bin/sh',
    args: ['-c', app],
    cwd: project.directory,
    env: {
      ...dropUndefined(environment),
      ...APP_SETTINGS,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, [LOCAL_CONTEXT]: true }),
      CDK_DEFAULT_REGION: region,
      CDK_DEFAULT_ACCOUNT: accountId,
    },
    onLine: ({ text }) => {
      lines.push(text);
      lines.splice(0, lines.length - SHOWN_LINES);
    },
  });
  signal.addEventListener('abort', child.kill, { once: true });
  const exit = await child.exited;
  signal.removeEventListener('abort', child.kill);
  if (signal.aborted) {
    throw new StackError('aborted', 'Stopped while the app was synthesized.');
  }
  if (exit.code !== 0) {
    throw new StackError(
      'synthesis-failed',
      [`The CDK app failed (${app}). Mend it, "npx cdk synth" shows the same. Its output:`, ...lines].join('\n  '),
    );
  }
}

/** Rejects with {@link StackError} `app-unknown`. */
export async function readProject(directory: string): Promise<CdkProject> {
  const path = join(directory, 'cdk.json');
  let configuration: unknown;
  try {
    configuration = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new StackError(
      'app-unknown',
      `Expected a CDK app described by ${path}, which ${isMissing(error) ? 'does not exist' : 'is not valid JSON'}. Run this in the directory of a CDK project.`,
      { cause: error },
    );
  }
  const { app, context } = (configuration ?? {}) as { readonly app?: unknown; readonly context?: unknown };
  if (typeof app !== 'string' || app === '') {
    throw new StackError('app-unknown', `Expected "app" in ${path} to be the command that runs the CDK app.`);
  }
  return { directory, app, context: typeof context === 'object' && context !== null ? context : {} };
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

export const dropUndefined = (environment: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
