export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createFakeContext, type FakeContext, type FakeContextOptions } from './fake-context.ts';
export { createFakeIds, createFakeRandom } from './fake-random.ts';
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
export { createFakeLogger, createRecorder, type LogLine, type Recorder, type Totals } from './recorder.ts';
