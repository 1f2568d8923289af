import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLine } from '../../../lib/local/lambda/invocation.ts';
import {
  type LocalFunction,
  type LocalFunctionOptions,
  startFunction,
} from '../../../lib/local/lambda/local-function.ts';
import { type RuntimeApi, startRuntimeApi } from '../../../lib/local/lambda/runtime-api.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import type { FunctionPlan } from '../../../lib/local/template/plan.ts';

export type ToyOptions = Partial<FunctionPlan> &
  Partial<Pick<LocalFunctionOptions, 'idleTimeoutMs' | 'initTimeoutMs' | 'maxUnreservedEnvironments' | 'environment'>>;

/** Functions made of a few lines of CommonJS, and everything that must be cleaned up after them. */
export class ToyFunctions {
  readonly lines: LogLine[] = [];
  private readonly functions: LocalFunction[] = [];
  private readonly directories: string[] = [];
  private readonly spawner = new ChildSpawner();
  private runtimeApi: RuntimeApi | undefined;

  async start(code: string, options: ToyOptions = {}): Promise<LocalFunction> {
    this.runtimeApi ??= await startRuntimeApi();
    const directory = await mkdtemp(join(tmpdir(), 'toy-function-'));
    this.directories.push(directory);
    await writeFile(join(directory, 'index.js'), code);
    const { idleTimeoutMs, initTimeoutMs, maxUnreservedEnvironments, environment, ...plan } = options;
    const started = startFunction({
      plan: {
        logicalId: 'Toy',
        name: 'Demo-Toy',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:Demo-Toy',
        codeDirectory: directory,
        handler: 'index.handler',
        environment: {},
        timeoutSeconds: 20,
        memorySizeMb: 128,
        roleArn: 'arn:aws:iam::000000000000:role/Demo-Toy',
        logGroupName: '/aws/lambda/Demo-Toy',
        asyncInvoke: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 },
        ...plan,
      },
      region: 'us-east-1',
      environment: environment ?? {},
      runtimeApi: this.runtimeApi,
      spawner: this.spawner,
      onLine: (line) => this.lines.push(line),
      ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
      ...(initTimeoutMs === undefined ? {} : { initTimeoutMs }),
      ...(maxUnreservedEnvironments === undefined ? {} : { maxUnreservedEnvironments }),
    });
    this.functions.push(started);
    return started;
  }

  async cleanUp(): Promise<void> {
    await Promise.all(this.functions.splice(0).map((started) => started.stop({ graceMs: 0 })));
    await this.runtimeApi?.stop();
    this.runtimeApi = undefined;
    await Promise.all(this.directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
  }

  /** After the last test. */
  async end(): Promise<void> {
    await this.cleanUp();
    await this.spawner.close();
  }
}

/** Answers with the process's id; an event `{ hold }` waits for the file of that name to appear. */
export const HOLDING_HANDLER = `
  const { existsSync, writeFileSync } = require('node:fs');
  exports.handler = async (event) => {
    if (event.started) writeFileSync(event.started, '');
    while (event.hold && !existsSync(event.hold)) await new Promise((resolve) => setTimeout(resolve, 5));
    return process.pid;
  };
`;
