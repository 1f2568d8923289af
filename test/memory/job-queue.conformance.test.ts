import { createMemoryJobQueue } from '../../lib/memory/index.ts';
import { describeJobQueue } from '../conformance/job-queue/index.ts';

describeJobQueue('The memory queue', async () => ({
  createQueue: async () => {
    let now = 0;
    const queue = createMemoryJobQueue({ clock: { now: () => now, sleep: async () => {} }, maxReceiveCount: 2 });
    let taken = 0;
    return {
      queue,
      receive: async () => queue.receive(),
      receiveSoon: async () => {
        now += 3_000;
        return queue.receive();
      },
      receiveDead: async () => {
        const dead = queue.listDead().slice(taken);
        taken += dead.length;
        return dead;
      },
    };
  },
  close: async () => {},
}));
