import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** Whether any fault has struck a process so far: its clock, its invocation, a request of it or a message that it sent. */
export function isStruck({ faults }: World, { name }: Process): boolean {
  return faults.struck.some((fault) => fault.startsWith(`${name}/`) || fault.startsWith(`${name}:`));
}
