import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAppInputs } from '../../../lib/local/reload/app-inputs.ts';
import { createProject } from '../../cdk/job-project.ts';

const FILES = {
  'bin/app.ts': `import 'aws-cdk-lib'; import '../lib/stack.js';`,
  'lib/stack.ts': 'export const stack = 1;',
};

const inputsOf = async (app: string, files: Readonly<Record<string, string>> = FILES) => {
  const directory = createProject(files);
  const inputs = await findAppInputs({ directory, app });
  return inputs.map((input) => input.replace(join(directory, '/'), '')).sort();
};

describe('the files of an app', () => {
  it.each(['node --import tsx bin/app.ts', 'npx tsx "bin/app.ts"'])(
    'are what %s imports, without packages',
    async (app) => {
      expect(await inputsOf(app)).toEqual(['bin/app.ts', 'cdk.json', 'lib/stack.ts']);
    },
  );

  it('are only the settings where the command names no source', async () => {
    expect(await inputsOf('make app')).toEqual(['cdk.json']);
    expect(await inputsOf('node missing.js')).toEqual(['cdk.json']);
  });

  it('are the named ones while they do not parse', async () => {
    expect(await inputsOf('tsx bin/app.ts', { 'bin/app.ts': 'import {' })).toEqual(['bin/app.ts', 'cdk.json']);
  });
});
