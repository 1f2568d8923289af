import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ENV } from '../../lib/core/names.ts';

const run = promisify(execFile);

const createDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'async-endpoints-app-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

interface SynthesizedTemplate {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** The variables of all functions in the synthesized stack, in one. */
const readVariables = (outdir: string): Record<string, unknown> => {
  const template: SynthesizedTemplate = JSON.parse(readFileSync(join(outdir, 'AsyncEndpoints.template.json'), 'utf8'));
  const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return Object.assign(
    {},
    ...functions.map(({ Properties }) => (Properties['Environment'] as { Variables: object }).Variables),
  );
};

/** The app alone, as the local runtime starts it, with no variable but those. */
const runApp = async (
  outdir: string,
  context: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> => {
  await run(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
    env: {
      ...variables,
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
};

describe('bin/app.ts', () => {
  it('is synthesized by the CDK command line with an empty environment, and nothing is complained about', {
    timeout: 180_000,
  }, async () => {
    const outdir = createDirectory();
    const { stdout, stderr } = await run(
      process.execPath,
      ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--output', outdir],
      { env: { PATH: process.env['PATH'], HOME: createDirectory() } },
    );
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Bundling asset AsyncEndpoints/'));
    expect({ stdout, said }).toEqual({ stdout: '', said: [] });
    expect(readVariables(outdir)).toMatchObject({ [ENV.stayAwake]: 'false' });
  });

  it('ends its producer when idle and lets no job crash it, deployed', async () => {
    const outdir = createDirectory();
    await runApp(outdir, {});
    expect(readVariables(outdir)).toMatchObject({ [ENV.stayAwake]: 'false' });
    expect(readVariables(outdir)).not.toHaveProperty(ENV.allowCrashes);
  });

  it.each([true, false])('never puts failpoints of crash tests into the template, local: %s', async (local) => {
    const outdir = createDirectory();
    await runApp(outdir, { 'async-endpoints:local': local }, { [ENV.failpoints]: '[]' });
    expect(readVariables(outdir)).not.toHaveProperty(ENV.failpoints);
    expect(readFileSync(join(outdir, 'AsyncEndpoints.template.json'), 'utf8')).not.toContain(ENV.failpoints);
  });

  it('lets webhooks go where its context says, and nowhere without', async () => {
    const readReach = async (context: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const outdir = createDirectory();
      await runApp(outdir, context);
      return JSON.parse(String(readVariables(outdir)[ENV.webhooks]));
    };
    expect(await readReach({})).toEqual({ allowedHosts: [], allowedAddresses: [], allowHttp: false });
    expect(await readReach({ webhookHosts: 'a.test,*.b.test', webhookAddresses: '10.0.0.0/8' })).toEqual({
      allowedHosts: ['a.test', '*.b.test'],
      allowedAddresses: ['10.0.0.0/8'],
      allowHttp: false,
    });
  });

  it('keeps its producer awake and lets jobs crash on request, locally', async () => {
    const outdir = createDirectory();
    await runApp(outdir, { 'async-endpoints:local': true });
    expect(readVariables(outdir)).toMatchObject({ [ENV.stayAwake]: 'true', [ENV.allowCrashes]: 'true' });
  });
});
