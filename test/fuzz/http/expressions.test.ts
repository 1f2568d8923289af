import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, decide, JOB_FIELDS, parseStored } from '../../../lib/core/index.ts';
import { buildClaim } from '../../../lib/dynamodb/claim-job.ts';
import { buildFindDue } from '../../../lib/dynamodb/find-due.ts';
import { buildPutNewJob } from '../../../lib/dynamodb/put-new-job.ts';
import { buildWrite } from '../../../lib/dynamodb/write-change.ts';
import { createHttpStack } from '../../http/memory-stack.ts';
import { START_AT } from '../installation/fuzz-clock.ts';
import { defaultsOf } from '../installation/installation.ts';
import { createItems } from '../raw-puts/hostile-items.ts';
import { readItems } from '../raw-puts/read-items.ts';
import { FUZZ, TEST_SEED } from '../settings.ts';
import { createEvents } from './hostile-requests.ts';

const CASES = 2_000;

interface Expressions {
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
}

/** DynamoDB's own words, and placeholders of our making. */
const WORDS =
  /^(?:SET|REMOVE|AND|OR|IN|BETWEEN|attribute_exists|attribute_not_exists|attribute_type|contains|list_append|[=<>+(),]|<=|#(\w+)|:\w+|\s)+$/;
const FIELDS: readonly string[] = JOB_FIELDS;

/** Every expression is made of constants; what came from outside is in the values beside it, or nowhere. */
function expectConstant(input: Expressions): void {
  const { UpdateExpression, ConditionExpression, KeyConditionExpression, ExpressionAttributeNames = {} } = input;
  for (const text of [UpdateExpression, ConditionExpression, KeyConditionExpression]) {
    if (text !== undefined && text !== '') {
      expect(text).toMatch(WORDS);
    }
  }
  for (const [placeholder, name] of Object.entries(ExpressionAttributeNames)) {
    expect(FIELDS).toContain(name);
    expect(placeholder).toBe(`#${name}`);
  }
}

describe('no expression holds anything of what callers said', () => {
  it('when they submit or look up', FUZZ, async () => {
    const { handler, submitted } = createHttpStack();
    for (const event of createEvents(TEST_SEED + 1, CASES)) {
      await handler(event);
    }
    expect(submitted.length).toBeGreaterThan(CASES / 20);
    for (const job of submitted) {
      expectConstant(buildPutNewJob('jobs', job));
    }
  });

  it('when they put items', FUZZ, async () => {
    const context = { now: START_AT, policy: DEFAULT_POLICY };
    const records = await readItems(createItems(TEST_SEED + 1, CASES));
    for (const record of records) {
      const stored = parseStored(String(record['id']), record, defaultsOf);
      for (const event of [
        { name: 'sweep' },
        { name: 'reject', problem: '#a = :b', dropInput: true },
        { name: 'cancel' },
        { name: 'retry' },
      ] as const) {
        const decision = decide(stored, event, context);
        if (decision.kind === 'change') {
          expectConstant(buildWrite('jobs', decision.change));
        }
      }
    }
    expect(records).toHaveLength(CASES);
  });

  it('when they send messages, or make up cursors', () => {
    for (const odd of ['#id = :x', '" OR "1"="1', '__proto__', '\u0000']) {
      const claim = { id: odd, token: odd, now: 0, solo: false, fitMs: 1, leaseMarginMs: 1 };
      expectConstant(buildClaim('jobs', claim));
      const cursor = JSON.stringify(['1', odd]);
      expectConstant(buildFindDue('jobs', { lane: odd, until: 1, limit: 1, cursor }));
    }
  });

  it('fails for one that does', () => {
    expect(() => expectConstant({ ConditionExpression: '#id = "x"' })).toThrow();
    expect(() => expectConstant({ ExpressionAttributeNames: { '#a b': 'a b' } })).toThrow();
  });
});
