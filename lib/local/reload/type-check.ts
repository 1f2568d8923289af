import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { findJobFolders } from '../../bundle/index.ts';
import { type Child, resolveOwnEntry, type Spawner } from '../processes/index.ts';

export interface TypeCheckOptions {
  readonly projectDirectory: string;
  readonly spawner: Spawner;
  readonly environment: Readonly<Record<string, string>>;
  readonly colors: boolean;
  readonly onLine: (text: string, level: 'info' | 'warn' | 'error') => void;
}

export interface TypeReport {
  /** As the compiler shows them, in place; empty when types fit. */
  readonly text: string;
  /** Each by its file, code and words: an error that has only moved is the same. */
  readonly errors: ReadonlySet<string>;
}

/** Asks the process of the compiler to check what a `tsconfig.json` names. */
export interface CheckTypes {
  readonly request: number;
  readonly project: string;
}

export interface TypesChecked {
  readonly request: number;
  readonly text: string;
  /** Why nothing was checked. */
  readonly problem?: string;
}

/** Lower than ours and that of the functions: somebody waits for those longer than for a check. */
const PRIORITY = 10;

const TYPESCRIPT_SOURCE = /\.m?ts$/;

const PLACE = /^(\S.*):\d+:\d+ - error (TS\d+: .*)$/;

/**
 * Checks the types of the job modules and of what they import, with the project's own compiler and settings: the bundler
 * only drops types.
 *
 * States: without a process; with one, which answers checks in the order in which they are asked for; closed.
 */
export class TypeCheck {
  private readonly options: TypeCheckOptions;
  private readonly waiting = new Map<number, (answer: TypesChecked | undefined) => void>();
  private process: Child | undefined;
  private latest = 0;
  private hasSaidWhyNot = false;
  private isClosed = false;

  constructor(options: TypeCheckOptions) {
    this.options = options;
  }

  /** Never rejects. Undefined if nothing was checked, which is said where it is news. */
  async check(jobsDirectories: readonly string[]): Promise<TypeReport | undefined> {
    const files = jobsDirectories
      .flatMap((directory) => findJobFolders(directory).complete)
      .flatMap(({ definition, handler }) => [definition, handler])
      .filter((file) => TYPESCRIPT_SOURCE.test(file));
    if (files.length === 0) return undefined;
    const compiler = this.findCompiler();
    const settings = join(this.options.projectDirectory, 'tsconfig.json');
    const lacking =
      compiler === undefined ? 'the package typescript' : existsSync(settings) ? undefined : 'a tsconfig.json';
    if (compiler === undefined || lacking !== undefined) {
      if (!this.hasSaidWhyNot) this.options.onLine(`types are not checked: this project lacks ${lacking}`, 'info');
      this.hasSaidWhyNot = true;
      return undefined;
    }
    try {
      return await this.ask(compiler, await this.writeProject(settings, files));
    } catch (error) {
      this.options.onLine(`types could not be checked: ${String(error)}`, 'warn');
      return undefined;
    }
  }

  /** Resolves once no compiler runs any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.process?.kill();
    await this.process?.exited;
  }

  /** The directory of its package, whose command cannot be resolved by name in every version. */
  private findCompiler(): string | undefined {
    try {
      const { resolve } = createRequire(join(this.options.projectDirectory, 'package.json'));
      return dirname(resolve('typescript/package.json'));
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

  private async ask(compiler: string, project: string): Promise<TypeReport | undefined> {
    if (this.isClosed) return undefined;
    this.process ??= this.start(compiler);
    this.latest += 1;
    const question: CheckTypes = { request: this.latest, project };
    const answered = new Promise<TypesChecked | undefined>((resolve) => this.waiting.set(question.request, resolve));
    this.process.send(question);
    const answer = await answered;
    if (answer === undefined) {
      if (this.isClosed) return undefined;
      throw new Error('the compiler has ended');
    }
    if (answer.problem !== undefined) throw new Error(answer.problem);
    const plain = stripVTControlCharacters(answer.text).trim();
    const errors = plain.split('\n').flatMap((line) => {
      const [, file, words] = PLACE.exec(line) ?? [];
      return file === undefined ? [] : [`${file} ${words}`];
    });
    return {
      text: this.options.colors ? answer.text.trim() : plain,
      // What the compiler says of no file is an error, too.
      errors: new Set(errors.length > 0 || plain === '' ? errors : [plain]),
    };
  }

  private start(compiler: string): Child {
    const child = this.options.spawner.spawn({
      name: 'type check',
      args: [...resolveOwnEntry(new URL('./type-check-process', import.meta.url)), compiler],
      cwd: this.options.projectDirectory,
      env: this.options.environment,
      onMessage: (message) => {
        // Parsed, not validated: the process is ours.
        const answer = message as TypesChecked;
        this.waiting.get(answer.request)?.(answer);
        this.waiting.delete(answer.request);
      },
    });
    child.exited
      .then(() => {
        if (this.process === child) this.process = undefined;
        for (const resolve of this.waiting.values()) resolve(undefined);
        this.waiting.clear();
      })
      .catch(() => {});
    try {
      setPriority(child.pid, PRIORITY);
    } catch {
      // It has ended already, or the system does not allow it; it is only slower for the others then.
    }
    return child;
  }
}
