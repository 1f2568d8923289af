import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createJob,
  FINAL_STATUSES,
  MAX_QUEUE_DELAY_MS,
  PLAIN_DEFAULTS,
  STATUSES,
  TRANSITIONS,
} from '../../lib/core/index.ts';
import { CONTEXT, NOW } from './sample-jobs.ts';

const DOCUMENT = new URL('../../docs/architecture.md', import.meta.url);

/** The arrows of a state diagram, one line each: `from --> to : event`. */
function readArrows(markdown: string): readonly string[] {
  const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(markdown)?.[1];
  if (diagram === undefined) {
    throw new Error('No state diagram found: expected a mermaid block that begins with stateDiagram-v2.');
  }
  const lines = diagram.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line) => {
    const arrow = /^ {2}(\S+) --> (\S+) : (\S.*)$/.exec(line);
    if (arrow === null) {
      throw new Error(`No arrow: expected "  from --> to : event, event", got ${JSON.stringify(line)}.`);
    }
    const [, from, to, events = ''] = arrow;
    return events.split(', ').map((event) => `${from} --> ${to} : ${event}`);
  });
}

/** The rows of the table of events: `event by actor, actor`. */
function readEventRows(markdown: string): readonly string[] {
  const rows = markdown.split('| event | by | what it is |\n')[1]?.split('\n\n')[0]?.split('\n').slice(1) ?? [];
  return rows.map((row) => {
    const [, event, by] = row.split('|').map((cell) => cell.trim());
    return `${event?.replaceAll('`', '')} by ${by}`;
  });
}

const ARROWS = TRANSITIONS.flatMap(({ event, from, to }) =>
  from.flatMap((source) => to.map((target) => `${source} --> ${target} : ${event}`)),
);

const statusAfterSubmit = (dueAt: number): string =>
  createJob({ id: 'a', type: 'sleep', input: '{}', dueAt, defaults: PLAIN_DEFAULTS('sleep') }, CONTEXT).job.status;

/** Where jobs come from and go to is no transition of a job. */
const ENDS = [
  `[*] --> ${statusAfterSubmit(NOW)} : submit`,
  `[*] --> ${statusAfterSubmit(NOW + MAX_QUEUE_DELAY_MS + 1)} : submit`,
  '[*] --> queued : raw put',
  '[*] --> failed : reject',
  ...FINAL_STATUSES.map((status) => `${status} --> [*] : expire`),
];

describe('the state diagram of the documentation', () => {
  let markdown = '';
  let arrows: readonly string[] = [];

  beforeAll(async () => {
    markdown = await readFile(DOCUMENT, 'utf8');
    arrows = readArrows(markdown);
  });

  test('shows every transition that there is', () => {
    expect([...ARROWS, ...ENDS].filter((arrow) => !arrows.includes(arrow))).toEqual([]);
  });

  test('shows no transition that there is not', () => {
    expect(arrows.filter((arrow) => ![...ARROWS, ...ENDS].includes(arrow))).toEqual([]);
  });

  test('shows each once', () => {
    expect(new Set(arrows).size).toBe(arrows.length);
  });

  test('has every status', () => {
    expect(STATUSES.filter((status) => !arrows.some((arrow) => arrow.startsWith(`${status} -->`)))).toEqual([]);
  });

  test('is followed by a table of all events with those who cause them', () => {
    const rows = new Set(TRANSITIONS.map(({ event, by }) => `${event} by ${by.join(', ')}`));

    expect(readEventRows(markdown)).toEqual([...rows]);
  });
});

describe('reading a state diagram', () => {
  const diagramOf = (...lines: readonly string[]): string =>
    ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n');

  test('splits the events of an arrow', () => {
    expect(readArrows(diagramOf('  a --> b : x, y', '', '  b --> [*] : z'))).toEqual([
      'a --> b : x',
      'a --> b : y',
      'b --> [*] : z',
    ]);
  });

  test('fails when there is none', () => {
    expect(() => readArrows('# Architecture')).toThrow('No state diagram found');
  });

  test('fails for a line that it cannot read, so that no arrow is overlooked', () => {
    expect(() => readArrows(diagramOf('  a --> b'))).toThrow('No arrow');
    expect(() => readArrows(diagramOf('  a --> b: x'))).toThrow('No arrow');
  });
});
