import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { type App, Stack, Validations } from 'aws-cdk-lib/core';
import recommended from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it, vi } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { AsyncEndpoints } from '../../lib/cdk/index.ts';
import { createProject, jobFiles } from './job-project.ts';
import { createApp } from './test-stack.ts';

/** An app as `cdk synth` sees it: with the flags of `cdk.json`, and so with CDK's validation turned into errors. */
function setup({ isEncrypted = false } = {}) {
  const project = createProject(jobFiles('alpha'));
  const app = createApp({ ...cdkJson.context, 'aws:cdk:bundling-stacks': [] });
  const stack = new Stack(app, 'Gates');
  const jobs = new AsyncEndpoints(stack, 'Jobs', {
    jobsDirectory: join(project, 'jobs'),
    ...(isEncrypted ? { encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }) } : {}),
  });
  return { app, stack, jobs };
}

const useNag = (app: App): void => {
  // Nag looks at constructs; CDK's own validation has a test of its own.
  vi.stubEnv('CDK_VALIDATION', 'false');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};

/** What the plugins found: findings of every severity, and those that somebody has suppressed. */
const readReport = (directory: string): unknown =>
  JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));

const acknowledged = (app: App) =>
  app.node.findAll().filter(({ node }) => node.metadata.some(({ type }) => type === 'aws:cdk:acknowledged-rules'));

describe('cdk-nag, AwsSolutions', () => {
  it.each([
    ['keys of AWS', false],
    ['a key of the customer', true],
  ])('finds nothing with %s, and nothing is suppressed', (_whose, isEncrypted) => {
    const { app } = setup({ isEncrypted });
    useNag(app);
    const { directory } = app.synth();
    expect(readReport(directory)).toMatchObject({ pluginReports: [] });
    expect(acknowledged(app)).toEqual([]);
  });

  it('fails on a queue that takes requests without TLS', () => {
    const { app, stack, jobs } = setup();
    new Queue(stack, 'Planted', { deadLetterQueue: { queue: jobs.deadLetterQueue, maxReceiveCount: 5 } });
    useNag(app);
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/);
  });
});

describe("CDK's CloudFormation validation", () => {
  it.each([
    ['keys of AWS', false],
    ['a key of the customer', true],
  ])('finds nothing with %s', (_whose, isEncrypted) => {
    const { app } = setup({ isEncrypted });
    const { directory } = app.synth();
    expect(readReport(directory)).toMatchObject({ pluginReports: [] });
  });

  it('fails on a property that CloudFormation would refuse', () => {
    const { app, stack } = setup();
    new CfnQueue(stack, 'Planted', { visibilityTimeout: 50_000 });
    expect(() => app.synth()).toThrow(/Planted/);
  });
});

describe('cdk.json', () => {
  it('sets every feature flag as this CDK release recommends', () => {
    expect(cdkJson.context).toMatchObject(recommended);
  });
});
