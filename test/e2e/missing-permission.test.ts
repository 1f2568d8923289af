import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStack, startStack } from '../../lib/local/stack/index.ts';
import { describeCall } from './allowances.ts';
import { connectTo, type LocalClients } from './local-clients.ts';

let tellRefusal: (line: string) => void;
const refusal = new Promise<string>((resolve) => {
  tellRefusal = resolve;
});
let stack: RunningStack;
let clients: LocalClients;

beforeAll(async () => {
  stack = await startStack({
    project: fileURLToPath(new URL('missing-permission', import.meta.url)),
    port: 0,
    environment: process.env,
    onLine: (_source, text) => {
      if (text.startsWith('Refused as on AWS')) tellRefusal(text);
    },
    signal: new AbortController().signal,
  });
  clients = connectTo({ ready: true, ...stack.address });
});

afterAll(async () => {
  clients?.close();
  await stack?.stop({ graceMs: 1_000 });
});

describe('a consumer whose role lacks an action, deployed to this machine', () => {
  it('fails as on AWS: the call is refused, and function, action and resource are told', async () => {
    const { id } = await clients.submit('sleep', { seconds: 0 });

    expect(await refusal).toMatch(
      /^Refused as on AWS: User: arn:aws:sts::\d{12}:assumed-role\/Main-JobsConsumerRole\w+\/Main-JobsConsumerFunction\w+ is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:us-east-1:\d{12}:table\/Main-JobsTable\w+ because no identity-based policy allows the dynamodb:UpdateItem action\.$/,
    );
    const refused = stack.access.records().filter(({ decision }) => decision.kind !== 'allowed');
    expect(refused.map(describeCall)).toEqual([
      expect.stringMatching(/^Main-JobsConsumerFunction\w+: dynamodb:UpdateItem on arn:aws:dynamodb:.*:table\//),
    ]);
    // Nothing has run, and nothing is lost.
    expect(await clients.readItem(id)).toMatchObject({ status: 'dispatched', attempt: 0 });
  });
});
