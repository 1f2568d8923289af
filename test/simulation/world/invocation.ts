import type { Process } from './process.ts';
import { strikeProcess } from './process-faults.ts';
import type { World } from './world.ts';

/** When whoever invoked a function hears that its process is gone. */
const NEWS_MS = 50;

export interface Call<Answer> {
  readonly call: (context: { readonly getRemainingTimeInMillis: () => number }) => Promise<Answer>;
  /** Once: with the answer, or without one when the function failed, died, or took too long. */
  readonly onEnd: (answer: Answer | undefined) => void;
}

/**
 * One invocation of a function. It is killed at its timeout, of which whoever invoked it hears in any case: a process that was paused
 * lives on unheard.
 */
export function invoke<Answer>(world: World, process: Process, { call, onEnd }: Call<Answer>): void {
  const { scheduler, options } = world;
  let isOver = false;
  const end = (answer: Answer | undefined): void => {
    if (!isOver) {
      isOver = true;
      world.trace.add(`end ${process.name} ${answer === undefined ? 'without an answer' : 'answered'}`);
      onEnd(answer);
    }
  };
  process.onDeath(() => scheduler.after(NEWS_MS, () => end(undefined)));
  scheduler.after(options.timeoutMs + NEWS_MS, () => end(undefined));
  const startedAt = process.clock.now();
  const over = strikeProcess(world, process);
  call({ getRemainingTimeInMillis: () => options.timeoutMs - (process.clock.now() - startedAt) }).then(
    (answer) => {
      if (process.isAlive) {
        over.cancel();
        world.meter.finish(process);
        end(answer);
        process.die();
      }
    },
    () => {
      if (process.isAlive) {
        process.die();
      }
    },
  );
}
