import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliverWebhook } from '../../../../functions/jobs/deliver-webhook/definition.ts';
import { createDelivery, type DeliveryOptions } from '../../../../functions/jobs/deliver-webhook/deliver.ts';
import { resolveByDns } from '../../../../functions/jobs/deliver-webhook/guarded-socket.ts';
import { createMemoryStack } from '../../../../lib/testing/index.ts';
import { answerInTurn, startReceiver } from './receiver.ts';
import { SECRET } from './setup.ts';

/** A whole installation in memory; only the receiver and the connection to it are real. */
function setup(config: Partial<DeliveryOptions['config']> = {}) {
  const deliver = createDelivery({
    config: {
      allowedHosts: ['127.0.0.1', 'localhost'],
      allowedAddresses: ['127.0.0.1/32'],
      allowHttp: true,
      ...config,
    },
    readSecret: async () => SECRET,
    resolveName: resolveByDns,
    now: () => stack.clock.now(),
  });
  const stack = createMemoryStack({ handlers: [deliverWebhook.handle(deliver)] });
  const isOver = async (id: string): Promise<boolean> =>
    !['dispatched', 'queued', 'running'].includes((await stack.get(id)).status);
  const runToEnd = async (id: string) => {
    while (!(await isOver(id))) {
      await stack.deliver();
      await stack.clock.advance(1_000);
    }
    return await stack.get(id);
  };
  return { stack, runToEnd };
}

describe('a webhook', () => {
  it('is delivered once, signed, at the third attempt to a server that answers 500, 500, 200', async () => {
    const receiver = await startReceiver(answerInTurn(500, 500, 200));
    const { stack, runToEnd } = setup();
    const url = `http://127.0.0.1:${receiver.port}/hooks`;
    const { id } = await stack.submit(deliverWebhook, { url, body: { order: 7 }, secretName: 'partner' });

    const job = await runToEnd(id);

    expect(job).toMatchObject({ status: 'completed', attempt: 3, failures: 2 });
    expect(JSON.parse((job as { result: string }).result)).toEqual({ status: 200, durationMs: expect.any(Number) });
    expect(receiver.received).toHaveLength(3);
    for (const [index, { headers, body }] of receiver.received.entries()) {
      const timestamp = String(headers['webhook-timestamp']);
      const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`).digest('base64');
      expect(headers).toMatchObject({
        'webhook-id': id,
        'webhook-attempt': String(index + 1),
        'webhook-signature': `v1,${signature}`,
      });
    }
  });

  it('fails at once when the answer is 410', async () => {
    const receiver = await startReceiver(answerInTurn(410));
    const { stack, runToEnd } = setup();
    const { id } = await stack.submit(deliverWebhook, { url: `http://127.0.0.1:${receiver.port}`, body: null });

    expect(await runToEnd(id)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { name: 'PermanentError', message: `127.0.0.1:${receiver.port} answered 410` },
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('fails at once when its name leads to this machine, unless that is allowed', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const url = `http://localhost:${receiver.port}`;
    const refusing = setup({ allowedAddresses: [] });
    const { id } = await refusing.stack.submit(deliverWebhook, { url, body: null });

    expect(await refusing.runToEnd(id)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { name: 'PermanentError', message: expect.stringContaining('not a public address') },
    });
    expect(receiver.connections()).toBe(0);

    const allowing = setup();
    const allowed = await allowing.stack.submit(deliverWebhook, { url, body: null });
    expect(await allowing.runToEnd(allowed.id)).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('comes again when the receiver asked for it, not before', async () => {
    let answers = 0;
    const receiver = await startReceiver((response) => {
      answers += 1;
      response.writeHead(answers === 1 ? 429 : 204, { 'retry-after': '90' }).end();
    });
    const { stack, runToEnd } = setup();
    const startedAt = stack.clock.now();
    const { id } = await stack.submit(deliverWebhook, { url: `http://127.0.0.1:${receiver.port}`, body: null });

    expect(await runToEnd(id)).toMatchObject({ status: 'completed', attempt: 2 });
    expect(stack.clock.now() - startedAt).toBeGreaterThanOrEqual(90_000);
  });
});
