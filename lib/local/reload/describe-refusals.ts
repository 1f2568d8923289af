import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { formatMessages, type PartialMessage } from 'esbuild';
import type { BundleOrigin } from '../../bundle/index.ts';
import type { Refusal } from '../lambda/code-trial.ts';

export interface LabeledRefusal {
  /** Of the function, as its log lines name it. */
  readonly label: string;
  readonly origin: BundleOrigin | undefined;
  readonly refusal: Refusal;
}

interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const FRAME_WIDTH = 120;

/** Of an error whose name says nothing that its message does not say better. */
const PLAIN_NAMES = new Set(['Error', 'InvalidDefinitionError']);

/**
 * Why code does not load, in place: with the file and the line that somebody has written, in the form in which the bundler
 * shows what does not build. Functions that say the same are named together.
 */
export async function describeRefusals(
  refusals: readonly LabeledRefusal[],
  { colors }: { readonly colors: boolean },
): Promise<string> {
  const messages = new Map<string, { readonly labels: string[]; readonly message: PartialMessage }>();
  for (const { label, origin, refusal } of refusals) {
    const { errorType, errorMessage } = refusal;
    const text = PLAIN_NAMES.has(errorType) ? errorMessage : `${errorType}: ${errorMessage}`;
    const location = origin === undefined ? undefined : locate(refusal, origin);
    const key = JSON.stringify([text, location]);
    const known = messages.get(key);
    if (known === undefined) messages.set(key, { labels: [label], message: { text, location: location ?? null } });
    else known.labels.push(label);
  }
  const frames = await formatMessages(
    [...messages.values()].map(({ labels, message }) => ({
      ...message,
      text: `${labels.join(', ')}: ${message.text}`,
    })),
    { kind: 'error', color: colors, terminalWidth: FRAME_WIDTH },
  );
  return frames.join('\n').trimEnd();
}

/** Where it was thrown, or where somebody called what has thrown; undefined if only packages and this library took part. */
function locate({ trace, codeDirectory }: Refusal, origin: BundleOrigin): PartialMessage['location'] {
  const toPosition = readSourceMap(codeDirectory);
  const position = trace.map(toPosition).find((found) => found !== undefined && !isForeign(found.file, origin));
  if (position === undefined) return null;
  const { file, line, column } = position;
  const path = resolve(origin.projectDirectory, file);
  const lineText = existsSync(path) ? (readFileSync(path, 'utf8').split('\n')[line] ?? '') : '';
  return { file, line: line + 1, column, lineText };
}

/** From a line of a stack trace to the place in the sources, counted from 0. */
function readSourceMap(codeDirectory: string): (traceLine: string) => Position | undefined {
  const path = join(codeDirectory, 'index.js.map');
  if (!existsSync(path)) return () => undefined;
  const map = new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload);
  const script = `${join(codeDirectory, 'index.js')}:`;
  return (traceLine) => {
    const start = traceLine.indexOf(script);
    const [line, column] =
      start === -1
        ? []
        : traceLine
            .slice(start + script.length)
            .split(/\D/)
            .map(Number);
    if (line === undefined || column === undefined) return undefined;
    const entry = map.findEntry(line - 1, column - 1);
    return 'originalSource' in entry
      ? { file: entry.originalSource, line: entry.originalLine, column: entry.originalColumn }
      : undefined;
  };
}

/** Nobody can mend a bundle there: packages, this library, and the entry that is made up for a bundle. */
function isForeign(file: string, { name, sources, projectDirectory }: BundleOrigin): boolean {
  const path = resolve(projectDirectory, file);
  return (
    /(^|\/)node_modules\//.test(file) ||
    file === `${name}-entry.js` ||
    path.startsWith(join(dirname(sources.library), '/')) ||
    Object.values(sources.functions).includes(path)
  );
}
