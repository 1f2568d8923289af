import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { onTestFinished, vi } from 'vitest';
import { AsyncEndpoints, type AsyncEndpointsProps } from '../../lib/cdk/index.ts';
import { createProject, jobFiles } from './job-project.ts';

export interface TestStack {
  readonly app: App;
  readonly stack: Stack;
  readonly jobs: AsyncEndpoints;
  toTemplate(): Template;
}

/** An app whose output is gone when the test ends. */
export function createApp(context: Readonly<Record<string, unknown>> = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'async-endpoints-cdk-out-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  return new App({ outdir, context: { ...context } });
}

/**
 * A stack with one `AsyncEndpoints`, without bundling and without CDK's own validation, which the tests of the gates turn
 * on: together they take seconds, and these tests ask about properties.
 */
export function setup(
  props: Partial<AsyncEndpointsProps> = {},
  context: Readonly<Record<string, unknown>> = {},
): TestStack {
  vi.stubEnv('CDK_VALIDATION', 'false');
  const project = createProject(jobFiles('alpha'));
  const app = createApp({ 'aws:cdk:bundling-stacks': [], ...context });
  const stack = new Stack(app, 'Test');
  const jobs = new AsyncEndpoints(stack, 'Jobs', { jobsDirectory: join(project, 'jobs'), ...props });
  return { app, stack, jobs, toTemplate: () => Template.fromStack(stack) };
}
