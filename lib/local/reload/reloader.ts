import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { formatMessages, type Message, stop as stopBundler } from 'esbuild';
import { BundleError, findJobFolders, IncrementalBundler } from '../../bundle/index.ts';
import { type Built, CodeReleases, type ReloadTarget } from './code-releases.ts';
import { describeRefusals } from './describe-refusals.ts';
import { FileWatch } from './file-watch.ts';
import { compareSnapshots, listTree, type Snapshot, takeSnapshot } from './snapshot.ts';
import type { TypeGate, TypeVerdict } from './type-gate.ts';

export interface ReloaderOptions {
  readonly targets: readonly ReloadTarget[];
  /** Takes the new bundles. */
  readonly directory: string;
  /** The files of the CDK app. Asked for once. */
  readonly appInputs: () => Promise<readonly string[]>;
  readonly onLine: (text: string, level: 'info' | 'warn' | 'error') => void;
  readonly types: Pick<TypeGate, 'begin' | 'judge'>;
  readonly colors: boolean;
}

/** Of a path as the bundler names it: relative to the project, which may itself lie in somebody's packages. */
const isPackage = (input: string): boolean => /(^|\/)node_modules\//.test(input);

const FRAME_WIDTH = 120;

interface Candidate {
  readonly built: readonly Built[];
  readonly types: TypeVerdict;
  readonly trial: AbortController;
  readonly changed: readonly string[];
  readonly startedAt: number;
}

/**
 * Gives functions the code of edited files. What does not bundle, does not load or has wrong types is shown, and the code
 * before goes on running; a change is for all functions or for none.
 *
 * States: looking (one pass at a time; an event during a pass asks for another one), then closed.
 */
export class Reloader {
  private readonly options: ReloaderOptions;
  private readonly watch: FileWatch;
  private readonly releases: CodeReleases;
  private readonly bundlers: ReadonlyMap<ReloadTarget, IncrementalBundler>;
  private readonly jobsDirectories: readonly string[];
  /** Files of the last bundle of each function that could be built. */
  private readonly inputs = new Map<ReloadTarget, ReadonlySet<string>>();
  /** What the bundler could not find and somebody may be about to write. */
  private missing: readonly string[] = [];
  private appInputs: readonly string[] = [];
  private snapshot: Snapshot = new Map();
  private incomplete = '';
  private pass: Promise<void> | undefined;
  private isAskedAgain = false;
  /** Of the code that functions are trying to load and the compiler is checking. */
  private trial: AbortController | undefined;
  /** The files as they were last seen are not what runs. */
  private hasFailed = false;
  private isClosed = false;
  private giveUpBuilds: () => void = () => {};
  private readonly givenUp: Promise<never>;

  constructor(options: ReloaderOptions) {
    this.options = options;
    this.givenUp = new Promise<never>((_, reject) => {
      this.giveUpBuilds = () => reject(new Error('closed'));
    });
    this.givenUp.catch(() => {});
    this.watch = new FileWatch({
      onChange: () => this.look(),
      onNotice: (text) => options.onLine(text, 'warn'),
    });
    this.releases = new CodeReleases(options.directory);
    this.bundlers = new Map(options.targets.map((target) => [target, new IncrementalBundler(target.origin)]));
    this.jobsDirectories = [...new Set(options.targets.map(({ origin }) => origin.jobsDirectory))];
    // The first pass finds out what to watch; it replaces code only if somebody has edited it since the app ran.
    this.look();
  }

  /** Resolves once nothing is bundled or written any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.trial?.abort();
    this.watch.close();
    // Before the pass, which may be waiting for it.
    await stopBundler();
    // A build that was under way may never end after that.
    this.giveUpBuilds();
    await this.pass;
  }

  private look(): void {
    if (this.isClosed) return;
    if (this.pass !== undefined) {
      this.isAskedAgain = true;
      // Code that never comes to the end of its loading must not keep anybody from mending it.
      if (this.trial !== undefined && this.refresh(false).length > 0) this.trial.abort();
      return;
    }
    this.pass = this.runPass()
      .catch((error: unknown) => this.options.onLine(`The functions could not be reloaded: ${String(error)}`, 'error'))
      .finally(() => {
        this.pass = undefined;
        if (this.isAskedAgain) {
          this.isAskedAgain = false;
          this.look();
        }
      });
  }

  private async runPass(): Promise<void> {
    const startedAt = performance.now();
    const isFirst = this.snapshot.size === 0;
    if (isFirst) this.appInputs = await this.options.appInputs();
    const changed = this.refresh();
    if (changed.length === 0) return;
    const ofCode = changed.filter((path) => this.isCode(path));
    if (!isFirst) this.tellOfApp(changed.filter((path) => this.appInputs.includes(path)));
    if (!isFirst && ofCode.length === 0) return;
    this.tellOfHalfJobs();
    const trial = new AbortController();
    const types = isFirst ? this.startTypes() : this.options.types.judge(this.jobsDirectories, trial.signal);
    const results = await Promise.allSettled(
      this.findConcerned(ofCode).map(
        async ([target, bundler]): Promise<Built> => ({
          target,
          bundle: await Promise.race([bundler.build(), this.givenUp]),
        }),
      ),
    );
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const isBuilt = errors.length === 0;
    const built = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (isBuilt) {
      for (const one of built) this.inputs.set(one.target, new Set(this.inputsOf(one)));
      this.missing = [];
    } else {
      trial.abort();
      if (!this.isClosed) await this.tellOfErrors(errors);
    }
    // Other inputs are known only now. What has come into a directory of jobs since the bundler began is a change as well.
    const others = [...this.codeInputs(), ...this.missing].filter((path) => !this.isOfJobs(path));
    this.snapshot = new Map([...takeSnapshot(others), ...this.snapshot]);
    this.watchAll();
    const isAdopted =
      isBuilt && !this.isClosed && (await this.release({ built, types, trial, changed: ofCode, startedAt }));
    if (isAdopted) types.keep();
    else trial.abort();
    this.hasFailed = !isAdopted;
    if (this.refresh(false).length > 0) this.isAskedAgain = true;
  }

  /** What has changed since the last call; keeps the new state unless told not to. */
  private refresh(keep = true): readonly string[] {
    const now = takeSnapshot(this.paths());
    const changed = compareSnapshots(this.snapshot, now);
    if (keep) {
      this.snapshot = now;
      this.watchAll();
    }
    return changed;
  }

  private paths(): ReadonlySet<string> {
    const trees = this.jobsDirectories.flatMap((directory) => listTree(directory).files);
    return new Set([...trees, ...this.codeInputs(), ...this.missing, ...this.appInputs]);
  }

  private watchAll(): void {
    if (this.isClosed) return;
    const ofFiles = [...this.codeInputs(), ...this.missing, ...this.appInputs].map((path) => dirname(path));
    const trees = this.jobsDirectories.flatMap((directory) => [dirname(directory), ...listTree(directory).directories]);
    this.watch.setDirectories(new Set([...trees, ...ofFiles]));
  }

  private isCode(path: string): boolean {
    return this.codeInputs().has(path) || this.missing.includes(path) || this.isOfJobs(path);
  }

  private isOfJobs(path: string): boolean {
    return this.jobsDirectories.some((directory) => path.startsWith(join(directory, '/')));
  }

  private codeInputs(): ReadonlySet<string> {
    return new Set([...this.inputs.values()].flatMap((inputs) => [...inputs]));
  }

  /** Bundles that a change can have an effect on: all of them, unless every file is known and theirs are not among them. */
  private findConcerned(changed: readonly string[]): readonly [ReloadTarget, IncrementalBundler][] {
    const known = this.codeInputs();
    const isEdit = !this.hasFailed && changed.every((path) => known.has(path) && existsSync(path));
    return [...this.bundlers].filter(
      ([target]) => !isEdit || changed.some((path) => this.inputs.get(target)?.has(path) ?? true),
    );
  }

  private inputsOf({ target, bundle }: Built): readonly string[] {
    return Object.keys(bundle.metafile.inputs)
      .filter((input) => input !== `${target.origin.name}-entry.js` && !isPackage(input))
      .map((input) => resolve(target.origin.projectDirectory, input));
  }

  /** What runs already is not held back. */
  private startTypes(): TypeVerdict {
    this.options.types.begin(this.jobsDirectories);
    return { mayRun: Promise.resolve(true), keep: () => {} };
  }

  /** Whether this is what runs now. */
  private async release({ built, types, trial, changed, startedAt }: Candidate): Promise<boolean> {
    this.trial = trial;
    const release = await this.releases.offer({ built, mayRun: types.mayRun, signal: trial.signal }).finally(() => {
      this.trial = undefined;
    });
    const { onLine, colors } = this.options;
    if (release.kind === 'refused') {
      const reasons = await describeRefusals(release.refusals, { colors });
      onLine(`The code before goes on running, this does not load:\n\n${reasons}`, 'error');
    }
    if (release.kind !== 'adopted') return false;
    if (release.labels.length === 0) {
      if (this.hasFailed) onLine('builds again, as the code that runs', 'info');
      return true;
    }
    const files = changed.map((path) => this.shorten(path));
    const listed = files.length > 3 ? [...files.slice(0, 3), `${files.length - 3} more`] : files;
    const tookMs = Math.round(performance.now() - startedAt);
    onLine(`new code for ${release.labels.join(', ')} after ${tookMs} ms (${listed.join(', ')})`, 'info');
    return true;
  }

  private tellOfApp(files: readonly string[]): void {
    const ofAppOnly = files.filter((path) => !this.isCode(path));
    if (ofAppOnly.length === 0) return;
    const names = ofAppOnly.map((path) => this.shorten(path)).join(', ');
    this.options.onLine(
      `${names}: part of the CDK app. The stack runs as it was: stop and start again to see the change.`,
      'warn',
    );
  }

  private tellOfHalfJobs(): void {
    const halves = this.jobsDirectories.flatMap((directory) =>
      findJobFolders(directory).incomplete.map(
        ({ name, missing }) => `${this.shorten(join(directory, name))} (${missing})`,
      ),
    );
    const text = halves.join(', ');
    if (text !== '' && text !== this.incomplete) {
      this.options.onLine(`left out, half a job type is missing: ${text}`, 'warn');
    }
    this.incomplete = text;
  }

  /** Functions share files, so they share errors: each is shown once. */
  private async tellOfErrors(errors: readonly unknown[]): Promise<void> {
    const messages = new Map<string, Message>();
    for (const error of errors) {
      if (!(error instanceof BundleError) || error.messages.length === 0) {
        this.options.onLine(String(error), 'error');
        continue;
      }
      for (const message of error.messages) messages.set(JSON.stringify([message.text, message.location]), message);
    }
    const { colors } = this.options;
    const frames = await formatMessages([...messages.values()], {
      kind: 'error',
      color: colors,
      terminalWidth: FRAME_WIDTH,
    });
    const [directory = ''] = this.options.targets.map(({ origin }) => origin.projectDirectory);
    this.missing = [...messages.values()].flatMap((message) => toMissingPaths(message, directory));
    this.options.onLine(
      `The code before goes on running, this does not build:\n\n${frames.join('\n').trimEnd()}`,
      'error',
    );
  }

  private shorten(path: string): string {
    const [directory = ''] = this.options.targets.map(({ origin }) => origin.projectDirectory);
    return relative(directory, path);
  }
}

/** Where a file would have to come for `Could not resolve "../shared/parse.ts"` to end. */
function toMissingPaths({ text, location }: Message, projectDirectory: string): readonly string[] {
  const [, specifier] = /^Could not resolve "(\.[^"]*)"/.exec(text) ?? [];
  if (specifier === undefined || location === null) return [];
  const path = resolve(projectDirectory, dirname(location.file), specifier);
  return [path, ...['.ts', '.js', '.mts', '.mjs'].map((ending) => path + ending)];
}
