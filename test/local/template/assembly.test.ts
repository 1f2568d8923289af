import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAssemblies } from '../../../lib/local/template/assembly.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'assembly-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const writeJson = (path: string, value: unknown) => writeFile(join(directory, path), JSON.stringify(value));

const writeStack = async (name: string, folder = '.') => {
  await writeJson(join(folder, `${name}.template.json`), { Resources: {}, Description: name });
  await writeJson(join(folder, `${name}.assets.json`), {
    files: {
      abc: {
        source: { path: 'asset.abc', packaging: 'zip' },
        destinations: { here: { bucketName: 'b', objectKey: 'abc.zip' } },
      },
    },
  });
  return {
    [`${name}.assets`]: { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } },
    [name]: {
      type: 'aws:cloudformation:stack',
      properties: { templateFile: `${name}.template.json` },
      dependencies: [`${name}.assets`],
    },
    Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
  };
};

const readOnly = async () => {
  const [only, ...others] = await readAssemblies(directory);
  if (only === undefined || others.length > 0) throw new Error(`expected one stack, found ${others.length + 1}`);
  return only;
};

describe('readAssemblies', () => {
  it('reads the only stack among other artifacts, with the paths of its assets', async () => {
    await writeJson('manifest.json', { artifacts: await writeStack('One') });
    const assembly = await readOnly();
    expect(assembly.stackName).toBe('One');
    expect(assembly.template).toMatchObject({ Description: 'One' });
    expect(assembly.assets).toEqual(new Map([['abc.zip', join(directory, 'asset.abc')]]));
  });

  it('reads all stacks of an app, in their order', async () => {
    await writeJson('manifest.json', { artifacts: { ...(await writeStack('One')), ...(await writeStack('Two')) } });
    expect((await readAssemblies(directory)).map(({ stackName }) => stackName)).toEqual(['One', 'Two']);
  });

  it('finds a stack in a nested assembly', async () => {
    await mkdir(join(directory, 'assembly-Prod'));
    await writeJson('assembly-Prod/manifest.json', { artifacts: await writeStack('Inner', 'assembly-Prod') });
    await writeJson('manifest.json', {
      artifacts: { Prod: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } } },
    });
    const assembly = await readOnly();
    expect(assembly.stackName).toBe('Inner');
    expect(assembly.assets.get('abc.zip')).toBe(join(directory, 'assembly-Prod', 'asset.abc'));
  });

  it('fails when the app has no stack', async () => {
    await writeJson('manifest.json', { artifacts: {} });
    await expect(readAssemblies(directory)).rejects.toMatchObject({ code: 'stack-not-found' });
  });

  it('fails when nothing was synthesized', async () => {
    await expect(readAssemblies(directory)).rejects.toMatchObject({ code: 'assembly-unreadable' });
  });
});
