import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { createEvent } from '../../http/memory-stack.ts';
import { anyText, INJECTIONS, jsonText, PROTOTYPE_KEYS } from '../arbitraries/hostile-texts.ts';

export type Event = APIGatewayProxyEventV2;

const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText, fc.double(), fc.constant(null));
const keyed = fc.dictionary(fc.oneof(anyText, fc.constantFrom(...PROTOTYPE_KEYS)), value, { maxKeys: 3 });

const submit = fc
  .record(
    {
      type: fc.oneof(
        { weight: 4, arbitrary: fc.constant('anything') },
        { weight: 1, arbitrary: fc.oneof(fc.constantFrom('add', 'faulty', ...PROTOTYPE_KEYS), value) },
      ),
      input: fc.oneof(value, keyed),
      delaySeconds: fc.oneof(fc.nat(1_000), fc.double()),
      runAt: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        anyText,
      ),
      idempotencyKey: fc.oneof(fc.constantFrom('a', 'b'), anyText),
      group: fc.oneof(fc.constantFrom('a', 'b'), anyText),
      maxAttempts: fc.oneof(fc.integer({ min: -1, max: 102 }), fc.double()),
      extra: value,
    },
    { requiredKeys: ['type', 'input'] },
  )
  // Most have the two fields that are needed and a few of the others.
  .chain((fields) =>
    fc.shuffledSubarray(Object.keys(fields)).map((names) => {
      const kept = ['type', 'input', ...names.slice(0, 2)];
      return Object.fromEntries(Object.entries(fields).filter(([name]) => kept.includes(name)));
    }),
  )
  .map((fields) => JSON.stringify(fields));

/** A submit in which one field stands twice, or under an escaped name; or text that is none. */
const odd = fc.oneof(
  jsonText.map((text) => `{"type":"anything","input":${text}}`),
  jsonText.map((text) => `{"type":"add","type":"anything","input":1,"input":${text}}`),
  jsonText,
  anyText,
);

const headerValue = fc.oneof(
  anyText,
  fc.constantFrom(
    ...INJECTIONS,
    'wait=1',
    'wait=25',
    'wait=26',
    'wait',
    'a=b, wait="3"',
    ',,;=',
    'application/json',
    'gzip',
  ),
);
const headers = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        prefer: headerValue,
        'idempotency-key': headerValue,
        'content-type': headerValue,
        'content-encoding': headerValue,
        __proto__x: headerValue,
      },
      { requiredKeys: [] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.oneof(anyText, fc.constantFrom(...PROTOTYPE_KEYS)), headerValue, { maxKeys: 4 }),
  },
);

const jobPath = anyText.map((id) => `/jobs/${id}`);
const path = fc.oneof(
  fc.constant('/jobs'),
  jobPath,
  anyText,
  fc.webPath(),
  jobPath.map((place) => `${place}/x`),
);
const query = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('wait=2', 'wait=26', 'wait=-1', 'wait=1e9', 'wait=1&wait=2', 'cursor=x', 'limit=NaN'),
  },
  { weight: 1, arbitrary: fc.oneof(fc.webQueryParameters(), anyText) },
);
const method = fc.oneof(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'get'), anyText);
const target = fc.oneof(
  { weight: 6, arbitrary: fc.constant(['POST', '/jobs'] as const) },
  { weight: 3, arbitrary: jobPath.map((place) => ['GET', place] as const) },
  { weight: 2, arbitrary: fc.tuple(method, path) },
);
const body = fc.oneof(
  { weight: 5, arbitrary: submit.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: odd.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
);

/** Requests as the function behind an HTTP API gets them. */
export function createEvents(seed: number, cases: number): readonly Event[] {
  const parts = fc.record({ target, query, headers, body, isBase64Encoded: fc.boolean() });
  return fc.sample(parts, { seed, numRuns: cases }).map((sent) =>
    createEvent(sent.target[0], sent.target[1], {
      rawQueryString: sent.query,
      headers: sent.headers as Record<string, string>,
      body: sent.body.toString(sent.isBase64Encoded ? 'base64' : 'utf8'),
      isBase64Encoded: sent.isBase64Encoded,
    }),
  );
}
