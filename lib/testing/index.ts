export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createFakeContext, type FakeContext, type FakeContextOptions } from './fake-context.ts';
export { createFakeRandom } from './fake-random.ts';
export {
  type CallOptions,
  createMemoryStack,
  type MemoryStack,
  type MemoryStackOptions,
  type MortalProcess,
  type RunOptions,
  type StackPorts,
  type WrapPorts,
} from './memory-stack.ts';
export type { LogLine, Recorder, Totals } from './recorder.ts';
