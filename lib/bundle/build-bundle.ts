import { basename } from 'node:path';
import {
  type BuildContext,
  type BuildOptions,
  type BuildResult,
  buildSync,
  context,
  type Message,
  type Metafile,
} from 'esbuild';
import { type BundleOrigin, type BundleRequest, toBundleRequest } from './bundle-origin.ts';
import { toEntryText } from './entry-text.ts';
import { BundleError } from './errors.ts';
import type { FunctionName } from './package-sources.ts';

export interface Bundle {
  /** File name → content: `index.js`, its map, and a `package.json` that says what kind of module it is. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly warnings: readonly string[];
  readonly metafile: Metafile;
}

/** Without it a bundle inside a project of ES modules, such as its own `cdk.out`, would be taken for one of them. */
const MODULE_KIND = new TextEncoder().encode('{ "type": "commonjs" }\n');

const describe = ({ text, location }: Message): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`;

const messagesOf = (error: unknown): readonly Message[] =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];

type InMemory = BuildOptions & {
  readonly write: false;
  readonly metafile: true;
  readonly stdin: { readonly contents: string };
};

/** What makes a bundle what it is, by whichever of the bundler's two interfaces. */
const toBuildOptions = ({ name, sources, jobs, projectDirectory }: BundleRequest): InMemory => ({
  stdin: {
    contents: toEntryText(name, sources.functions[name], jobs),
    resolveDir: projectDirectory,
    sourcefile: `${name}-entry.js`,
    loader: 'js',
  },
  absWorkingDir: projectDirectory,
  // Never written; it is what the paths in the source map are relative to.
  outfile: 'index.js',
  write: false,
  bundle: true,
  metafile: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  alias: {
    'async-endpoints': sources.library,
    'async-endpoints/jobs': sources.jobs,
    '@aws-sdk/credential-provider-node': sources.credentials,
  },
  minify: true,
  keepNames: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'silent',
});

const toBundle = ({ outputFiles, warnings, metafile }: BuildResult<InMemory>): Bundle => ({
  files: new Map([
    ...outputFiles.map(({ path, contents }) => [basename(path), contents] as const),
    ['package.json', MODULE_KIND],
  ]),
  warnings: warnings.map(describe),
  metafile,
});

function toBundleError(name: FunctionName, cause: unknown): BundleError {
  const messages = messagesOf(cause);
  const said = messages.map((message) => `  ${describe(message)}`);
  const details = said.length > 0 ? said.join('\n') : `  ${String(cause)}`;
  return new BundleError(`The bundle of the ${name} function cannot be built:\n${details}`, { cause, messages });
}

/**
 * Bundles one function with its job types and the AWS SDK, in memory.
 *
 * CommonJS, because Node loads it faster; the libraries' ES modules, because those can be shaken; names kept, because the
 * name of an error that a handler throws is kept on its job. Figures: docs/decisions/0005-commonjs-bundles.md.
 *
 * @throws BundleError with the bundler's own messages.
 */
export function buildBundle(request: BundleRequest): Bundle {
  try {
    return toBundle(buildSync(toBuildOptions(request)));
  } catch (cause) {
    throw toBundleError(request.name, cause);
  }
}

/**
 * The same bundle again and again, for a process that has other things to do meanwhile: what has not changed since the last
 * time is not read again. One build at a time.
 */
export class IncrementalBundler {
  private readonly origin: BundleOrigin;
  /** Belongs to one set of job folders. */
  private current: { readonly entry: string; readonly context: BuildContext<InMemory> } | undefined;

  constructor(origin: BundleOrigin) {
    this.origin = origin;
  }

  /** Rejects with {@link BundleError}. */
  async build(): Promise<Bundle> {
    const request = toBundleRequest(this.origin);
    try {
      const options = toBuildOptions(request);
      const entry = options.stdin.contents;
      if (this.current?.entry !== entry) {
        await this.dispose();
        this.current = { entry, context: await context(options) };
      }
      return toBundle(await this.current.context.rebuild());
    } catch (cause) {
      throw toBundleError(request.name, cause);
    }
  }

  async dispose(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.context.dispose();
  }
}
