import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import type { JobId, ResultOf } from '../../lib/client/typed-job.ts';
import { defineJob, type FinalJobView, JobClient, type JobView } from '../../lib/index.ts';
import { createStack } from '../http/memory-stack.ts';

const count = defineJob({
  type: 'count',
  input: z.object({ text: z.string(), limit: z.optional(z.number()), fill: z.string().default('x') }),
  output: z.object({ words: z.number(), longest: z.optional(z.string()) }),
});
const plain = defineJob({ type: 'plain', input: z.string() });

interface Count {
  words: number;
  longest?: string | undefined;
}

const jobs = new JobClient({ ports: createStack().ports });

describe('submit', () => {
  it('takes what the schema takes, not what it makes of it', () => {
    expectTypeOf(jobs.submit(count, { text: 'a' })).resolves.toExtend<JobView<Count>>();
    // @ts-expect-error: a number for a text
    void jobs.submit(count, { text: 1 }).catch(() => {});
    // @ts-expect-error: no text
    void jobs.submit(count, { limit: 1 }).catch(() => {});
    // @ts-expect-error: a field that the schema does not know
    void jobs.submit(count, { text: 'a', other: 1 }).catch(() => {});
    // @ts-expect-error: a number for a text
    void jobs.submit(plain, 1).catch(() => {});
    // @ts-expect-error: a moment that is neither a date nor a text
    void jobs.submit(plain, 'a', { runAt: 1 }).catch(() => {});
  });
});

describe('wait', () => {
  it('knows the result of a job that was submitted', async () => {
    const job = await jobs.submit(count, { text: 'a' });
    const wait = () => jobs.wait(job.id, { timeoutMs: 1 });
    expectTypeOf(wait).returns.resolves.toExtend<FinalJobView<Count>>();
    expectTypeOf<Extract<Awaited<ReturnType<typeof wait>>, { status: 'completed' }>['result']>().toEqualTypeOf<Count>();
    expectTypeOf<Extract<Awaited<ReturnType<typeof wait>>, { status: 'failed' }>['error']['message']>().toBeString();
    expectTypeOf<Awaited<ReturnType<typeof wait>>['status']>().toEqualTypeOf<'completed' | 'failed' | 'canceled'>();
    expectTypeOf(() => jobs.get(job.id)).returns.resolves.toExtend<JobView<Count> | undefined>();
  });

  it('knows nothing about the result of an id from elsewhere, unless it is told', () => {
    const wait = () => jobs.wait('some-id');
    const waitForCount = () => jobs.wait<Count>('some-id');
    type Completed<Done> = Extract<Awaited<Done>, { status: 'completed' }>;
    expectTypeOf<Completed<ReturnType<typeof wait>>['result']>().toBeUnknown();
    expectTypeOf<Completed<ReturnType<typeof waitForCount>>['result']>().toEqualTypeOf<Count>();
    expectTypeOf<JobId<Count>>().toExtend<string>();
    expectTypeOf<string>().toExtend<JobId<Count>>();
    expectTypeOf<JobId<Count>>().not.toExtend<JobId<{ other: string }>>();
  });

  it('knows nothing about the result of a job type that does not describe it', async () => {
    const job = await jobs.submit(plain, 'a');
    expectTypeOf<(typeof job)['id']>().toEqualTypeOf<JobId<unknown>>();
  });
});

describe('the type of a result', () => {
  it('is that of the JSON it was kept as', () => {
    expectTypeOf<ResultOf<Date>>().toEqualTypeOf<string>();
    expectTypeOf<ResultOf<undefined>>().toEqualTypeOf<null>();
    expectTypeOf<ResultOf<unknown>>().toBeUnknown();
    expectTypeOf<ResultOf<{ at: Date; list: readonly [Date, number]; more?: { on: Date }[] }>>().toEqualTypeOf<{
      at: string;
      list: readonly [string, number];
      more?: { on: string }[];
    }>();
    expectTypeOf<ResultOf<'a' | 1 | null>>().toEqualTypeOf<'a' | 1 | null>();
  });
});
