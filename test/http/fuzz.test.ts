import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHttpStack, readProblem } from './memory-stack.ts';

const STATUSES = [200, 202, 400, 404, 405, 413, 415, 422];

/** Whatever came: no error of the service, and problems in their form. */
async function expectSound(response: Response): Promise<void> {
  expect(STATUSES).toContain(response.status);
  if (response.status >= 400) {
    await readProblem(response);
  }
}

const strange = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '\ud800',
  '\0',
  'é💥',
  '%',
);
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), strange);
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, fc.double(), fc.constant(null));

const body = fc.oneof(
  text,
  fc.json(),
  fc
    .record(
      {
        type: fc.oneof(fc.constantFrom('add', 'anything', 'faulty'), value),
        input: fc.oneof(fc.record({ left: value, right: value }, { requiredKeys: [] }), value),
        delaySeconds: fc.oneof(fc.double(), fc.integer(), value),
        runAt: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          value,
        ),
        idempotencyKey: fc.oneof(fc.constantFrom('a', 'b'), value),
        group: fc.oneof(fc.constantFrom('a', 'b'), value),
        maxAttempts: fc.oneof(fc.integer({ min: -1, max: 102 }), value),
      },
      { requiredKeys: ['type'] },
    )
    .map((fields) => JSON.stringify(fields)),
);

/** What a header can hold at all: bytes without line breaks. */
const headerValue = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom('wait=1', 'wait=25', 'wait=26', 'wait', 'a=b, wait="3"', ',,;=', 'application/json', 'gzip'),
);
const headers = fc.record(
  {
    Prefer: headerValue,
    'Idempotency-Key': headerValue,
    'Content-Type': fc.oneof(
      { weight: 5, arbitrary: fc.constant('application/json') },
      { weight: 1, arbitrary: headerValue },
    ),
    'Content-Encoding': headerValue,
  },
  { requiredKeys: ['Content-Type'] },
);

describe('whatever is sent', () => {
  it('never makes POST /jobs fail', async () => {
    const { request } = createHttpStack();
    await fc.assert(
      fc.asyncProperty(body, fc.option(headers, { freq: 3 }), async (content, chosen) => {
        await expectSound(
          await request('/jobs', {
            method: 'POST',
            headers: chosen ?? { 'Content-Type': 'application/json' },
            body: content,
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('never makes GET /jobs/{id} fail', async () => {
    const { request } = createHttpStack();
    const path = fc.oneof(
      text.map((id) => `/jobs/${encodeURIComponent(id.replaceAll(/\p{Surrogate}/gu, '?'))}`),
      fc.webPath(),
      text.map((id) => `/jobs/${id}`),
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.oneof(
          fc.constant(''),
          fc.constant('?wait=2'),
          fc.webQueryParameters().map((query) => `?${query}`),
        ),
        async (place, query) => {
          await expectSound(await request(`${place}${query}`));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never makes the Lambda handler throw', async () => {
    const { handler } = createHttpStack();
    const event = fc.record({
      rawPath: fc.oneof(
        fc.constant('/jobs'),
        text.map((id) => `/jobs/${id}`),
        text.map((rest) => `/${rest}`),
      ),
      rawQueryString: fc.oneof(fc.constant(''), fc.webQueryParameters(), text),
      headers: fc.dictionary(text, text),
      body: fc.option(fc.oneof(body, fc.base64String()), { nil: undefined }),
      isBase64Encoded: fc.boolean(),
      requestContext: fc.record({
        http: fc.record({ method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'TRACE') }),
      }),
    });
    await fc.assert(
      fc.asyncProperty(event, async (sent) => {
        const result = await handler(sent as unknown as Parameters<typeof handler>[0]);
        expect(STATUSES).toContain(result.statusCode);
      }),
      { numRuns: 500 },
    );
  });
});
