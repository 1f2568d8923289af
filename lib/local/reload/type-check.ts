import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { findJobFolders } from '../../bundle/index.ts';
import type { Child, Spawner } from '../processes/index.ts';

export interface TypeCheckOptions {
  readonly projectDirectory: string;
  readonly spawner: Spawner;
  readonly environment: Readonly<Record<string, string>>;
  readonly colors: boolean;
  readonly onLine: (text: string, level: 'info' | 'warn' | 'error') => void;
}

/** Lower than ours and that of the functions: somebody waits for those. */
const PRIORITY = 10;

const TYPESCRIPT_SOURCE = /\.m?ts$/;

/**
 * Checks the types of the job modules and of what they import, with the project's own compiler and settings, beside
 * everything else: the bundler only drops types, and a wrong one is no reason to hold new code back.
 *
 * States: idle, or checking; a check that is asked for meanwhile takes the place of the running one. Then closed.
 */
export class TypeCheck {
  private readonly options: TypeCheckOptions;
  private running: Child | undefined;
  private latest = 0;
  private hasSaidWhyNot = false;
  private hadErrors = false;
  private isClosed = false;

  constructor(options: TypeCheckOptions) {
    this.options = options;
  }

  /** Never rejects; resolves when this check, or one that took its place, is over. */
  async check(jobsDirectories: readonly string[]): Promise<void> {
    if (this.isClosed) return;
    this.latest += 1;
    const number = this.latest;
    this.running?.kill();
    const files = jobsDirectories
      .flatMap((directory) => findJobFolders(directory).complete)
      .flatMap(({ definition, handler }) => [definition, handler])
      .filter((file) => TYPESCRIPT_SOURCE.test(file));
    if (files.length === 0) return;
    const compiler = this.findCompiler();
    const settings = join(this.options.projectDirectory, 'tsconfig.json');
    const lacking =
      compiler === undefined ? 'the package typescript' : existsSync(settings) ? undefined : 'a tsconfig.json';
    if (compiler === undefined || lacking !== undefined) {
      if (!this.hasSaidWhyNot) this.options.onLine(`types are not checked: this project lacks ${lacking}`, 'info');
      this.hasSaidWhyNot = true;
      return;
    }
    try {
      const project = await this.writeProject(settings, files);
      if (number === this.latest) await this.run(compiler, project, number);
    } catch (error) {
      this.options.onLine(`types could not be checked: ${String(error)}`, 'warn');
    }
  }

  /** Resolves once no compiler runs any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.latest += 1;
    this.running?.kill();
    await this.running?.exited;
  }

  private findCompiler(): string | undefined {
    try {
      return createRequire(join(this.options.projectDirectory, 'package.json')).resolve('typescript/bin/tsc');
    } catch {
      return undefined;
    }
  }

  /** The project's settings for these files only. It lies inside the project, where the compiler looks for `@types`. */
  private async writeProject(settings: string, files: readonly string[]): Promise<string> {
    const directory = join(this.options.projectDirectory, 'node_modules', '.cache', 'async-endpoints');
    await mkdir(directory, { recursive: true });
    const path = join(directory, 'tsconfig.json');
    const project = {
      extends: settings,
      files,
      include: [],
      references: [],
      compilerOptions: {
        noEmit: true,
        composite: false,
        incremental: true,
        tsBuildInfoFile: join(directory, 'types.tsbuildinfo'),
      },
    };
    await writeFile(path, JSON.stringify(project));
    return path;
  }

  private async run(compiler: string, project: string, number: number): Promise<void> {
    const lines: string[] = [];
    const child = this.options.spawner.spawn({
      name: 'type check',
      args: [compiler, '--project', project, '--pretty'],
      cwd: this.options.projectDirectory,
      env: this.options.environment,
      onLine: ({ text }) => lines.push(this.options.colors ? text : stripVTControlCharacters(text)),
    });
    this.running = child;
    try {
      setPriority(child.pid, PRIORITY);
    } catch {
      // It has ended already, or the system does not allow it; it is only slower for the others then.
    }
    const { code } = await child.exited;
    if (this.running === child) this.running = undefined;
    if (number !== this.latest) return;
    if (code !== 0)
      this.options.onLine(`types do not fit; that alone keeps no code from running:\n\n${lines.join('\n').trim()}`, 'warn');
    else if (this.hadErrors) this.options.onLine('types fit again', 'info');
    this.hadErrors = code !== 0;
  }
}
