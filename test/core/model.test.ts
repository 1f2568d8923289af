import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFinal, isStatus, TRANSITIONS } from '../../lib/core/index.ts';
import { type Action, histories } from './model/actions.ts';
import { startingPoints } from './model/starting-points.ts';
import { World } from './model/world.ts';
import { checkProperty, PROPERTY } from './property-settings.ts';

const isOver = (world: World): boolean => {
  const { status } = world.store.record;
  return isStatus(status) && isFinal(status);
};

const listTransitions = (): readonly string[] =>
  TRANSITIONS.flatMap(({ event, from, to }) =>
    from.flatMap((source) => to.map((target) => `${event} ${source} → ${target}`)),
  ).sort();

const play = (world: World, history: readonly Action[]): void => {
  for (const action of history) {
    world.act(action);
  }
};

describe('whatever happens to a job, in whatever order, by whomever', () => {
  test('every accepted write keeps the invariants', PROPERTY, () => {
    const accepted = new Map<string, number>();
    checkProperty(
      'invariants of the life of a job',
      fc.property(startingPoints, fc.boolean(), histories, (record, listCompleted, history) => {
        const world = new World(record, listCompleted);
        play(world, history);
        for (const transition of world.accepted) {
          accepted.set(transition, (accepted.get(transition) ?? 0) + 1);
        }
      }),
      1_000,
    );
    const [rarest, count] = [...accepted].sort(([, left], [, right]) => left - right)[0] ?? ['none', 0];
    const sum = [...accepted.values()].reduce((left, right) => left + right, 0);
    console.info(`${sum} writes were accepted; the rarest, ${rarest}, ${count} times`);
    expect([...accepted.keys()].sort(), 'the model must get everywhere').toEqual(listTransitions());
  });

  test('afterwards a producer and a worker that does its work bring the job to its end', PROPERTY, () => {
    checkProperty(
      'the promise',
      fc.property(startingPoints, fc.boolean(), histories, (record, listCompleted, history) => {
        const world = new World(record, listCompleted);
        play(world, history);
        for (let round = 0; round < 8 && !isOver(world); round += 1) {
          world.waitUntilDue();
          world.act({ kind: 'steer', event: { name: 'sweep' }, read: 'now' });
          const job = world.claim({ solo: true, fitMs: undefined, isAnswerLost: false });
          if (job !== undefined) {
            world.act({ kind: 'settle', run: 0, event: { name: 'complete', result: '1' }, forged: 'no' });
          }
        }
        expect(world.store.record).toSatisfy(() => isOver(world));
      }),
      200,
    );
  });

  test('a job whose every run dies without a word ends too, in its budget of crashes', PROPERTY, () => {
    checkProperty(
      'the crash budget bounds every loop',
      fc.property(
        startingPoints,
        fc.boolean(),
        histories,
        fc.boolean(),
        (record, listCompleted, history, mostlySolo) => {
          const world = new World(record, listCompleted);
          play(world, history);
          // At most one run among others, which makes it suspect, then each alone is charged; a sweep before and after each.
          for (let round = 0; round < 20 && !isOver(world); round += 1) {
            world.waitUntilDue();
            world.act({ kind: 'steer', event: { name: 'sweep' }, read: 'now' });
            const asked = { fitMs: undefined, isAnswerLost: true };
            world.claim({ ...asked, solo: mostlySolo }) ?? world.claim({ ...asked, solo: true });
          }
          expect(world.store.record).toSatisfy(() => isOver(world));
        },
      ),
      200,
    );
  });
});
