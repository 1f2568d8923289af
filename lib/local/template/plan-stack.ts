import type { StackAssembly } from './assembly.ts';
import type { LocalValues, StackPlan } from './plan.ts';

/** Pure: the same assembly and the same local values give the same plan. */
export const planStack = (_assembly: StackAssembly, _local: LocalValues): StackPlan => {
  throw new Error('not built yet');
};
