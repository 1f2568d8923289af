import { type FaultKind, kindsAt } from '../faults/fault-kinds.ts';
import type { FaultName, FaultSource } from '../faults/fault-source.ts';
import { createDraw } from '../kernel/draw.ts';
import { type Course, runCourse } from './course.ts';
import { explainFailure } from './explain.ts';
import { SEARCHES, type Search, type SearchName } from './searches.ts';

interface Fault {
  readonly occasion: string;
  readonly kind: FaultKind;
}

/** What can strike at one occasion. */
interface Chance {
  readonly occasion: string;
  readonly kinds: readonly FaultKind[];
}

/** Every fault that can strike first: at each occasion of a course without faults, each kind that fits it. */
export async function listFirstFaults(given: { readonly search: SearchName; readonly seed: number }): Promise<Fault[]> {
  const { scenario, kinds, pairs }: Search = SEARCHES[given.search];
  const { world } = await runCourse({ scenario, seed: given.seed, only: new Set(), keepsOccasions: true });
  return listChances(world.faults, kinds, pairs).flatMap(({ occasion, kinds: fitting }) =>
    fitting.map((kind) => ({ occasion, kind })),
  );
}

export interface Struck {
  readonly courses: number;
  /** The first violation, and the command that shows it. */
  readonly failure: string | undefined;
}

/** Strikes with one fault alone and, where the search wants pairs, with each other that can follow it. */
export async function strikeFaults(given: {
  readonly search: SearchName;
  readonly seed: number;
  readonly first: Fault;
}): Promise<Struck> {
  const { scenario, kinds, pairs }: Search = SEARCHES[given.search];
  const { seed, first } = given;
  const strike = async (faults: readonly Fault[]): Promise<Course> =>
    await runCourse({
      scenario,
      seed,
      only: new Set(faults.map(nameOf)),
      keepsOccasions: pairs !== 'none' && faults.length === 1,
    });
  let courses = 1;
  let course = await strike([first]);
  const seconds = listSeconds(first, listChances(course.world.faults, kinds, pairs), pairs, seed);
  for (const second of course.violation === undefined ? seconds : []) {
    course = await strike([first, second]);
    courses += 1;
    if (course.violation !== undefined) {
      break;
    }
  }
  const failure =
    course.violation === undefined
      ? undefined
      : await explainFailure({ scenario, seed, only: new Set(course.struck) }, course);
  return { courses, failure };
}

/** What can follow a first fault; what lies before it was struck in its own turn. */
function listSeconds(first: Fault, chances: readonly Chance[], pairs: Search['pairs'], seed: number): readonly Fault[] {
  const place = chances.findIndex(({ occasion }) => occasion === first.occasion);
  const own = chances[place];
  if (pairs === 'none' || own === undefined) {
    return [];
  }
  if (pairs === 'every') {
    const rest = { ...own, kinds: own.kinds.slice(own.kinds.indexOf(first.kind) + 1) };
    return [rest, ...chances.slice(place + 1)].flatMap(({ occasion, kinds }) =>
      kinds.map((kind) => ({ occasion, kind })),
    );
  }
  const draw = createDraw(seed);
  return chances.slice(place + 1).flatMap(({ occasion, kinds }) => {
    const pair = `${first.occasion} ${occasion}`;
    return pick(own.kinds, draw(`${pair}/first`)) === first.kind
      ? [{ occasion, kind: pick(kinds, draw(`${pair}/second`)) ?? first.kind }]
      : [];
  });
}

function pick<Entry>(entries: readonly Entry[], drawn: number): Entry | undefined {
  return entries[Math.floor(drawn * entries.length)];
}

/** Callers and persons live for milliseconds: what befalls them at any moment of a minute comes too late to be worth a pair. */
const SHORT_LIVED = /^(?:submitter|person)-\d+\/invocation$/;

function listChances({ occasions }: FaultSource, wanted: Search['kinds'], pairs: Search['pairs']): readonly Chance[] {
  return occasions
    .filter(({ name }) => pairs === 'none' || !SHORT_LIVED.test(name))
    .map(({ occasion, name }) => ({
      occasion: name,
      kinds: kindsAt(occasion).filter((kind) => wanted === 'all' || wanted.includes(kind)),
    }))
    .filter(({ kinds }) => kinds.length > 0);
}

function nameOf({ occasion, kind }: Fault): FaultName {
  return `${occasion}:${kind}`;
}
