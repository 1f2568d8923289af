import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Synthesizes an app of the document as it stands, and returns its template. */
const synthesize = async (name: string): Promise<string> => {
  const block = [...text.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].find(
    ([, path]) => path === `bin/${name}.ts`,
  );
  // Below the checkout, so that its own name resolves to what is built of it.
  const project = mkdtempSync(join(root, 'test', 'cdk', 'security-project-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  writeFileSync(join(project, 'app.ts'), block?.[2] ?? '');
  await run(process.execPath, ['--no-warnings', '--import', 'tsx', join(project, 'app.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: join(project, 'cdk.out'),
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [] }),
      CDK_VALIDATION: 'false',
    },
  });
  const [, stackName] = /new Stack\(app, '(\w+)'/.exec(block?.[2] ?? '') ?? [];
  return readFileSync(join(project, 'cdk.out', `${stackName}.template.json`), 'utf8');
};

describe('docs/security.md', () => {
  it('shows an app with a key of its own that can be synthesized', async () => {
    const template = await synthesize('encrypted');
    expect(template.match(/"KmsMasterKeyId"/g)).toHaveLength(2);
    expect(template).toContain('"KMSMasterKeyId"');
  });

  it('shows an app for several accounts that can be synthesized: a role, or policies of table and queue', async () => {
    const template = await synthesize('several-accounts');
    const { Resources } = JSON.parse(template) as {
      readonly Resources: Readonly<
        Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
      >;
    };
    const documentsOf = (type: string, property: string) =>
      Object.values(Resources)
        .filter(({ Type }) => Type === type)
        .map(({ Properties }) => Properties[property]);
    const theirs = JSON.stringify({ AWS: 'arn:aws:iam::444455556666:role/orders' });
    const granted = JSON.stringify([
      ...documentsOf('AWS::DynamoDB::Table', 'ResourcePolicy'),
      ...documentsOf('AWS::SQS::QueuePolicy', 'PolicyDocument'),
    ]);
    expect(granted.split(theirs)).toHaveLength(3);
    const trusts = JSON.stringify(documentsOf('AWS::IAM::Role', 'AssumeRolePolicyDocument'));
    expect(trusts).toContain(':iam::444455556666:root');
  });
});
