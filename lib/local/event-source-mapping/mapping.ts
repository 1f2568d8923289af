import { setTimeout as delay } from 'node:timers/promises';
import type { InvokeRequest, InvokeResult } from '../lambda/invocation.ts';
import type { EventSourceMappingPlan } from '../template/plan.ts';
import { Backoff } from './backoff.ts';
import { readBatchResponse } from './batch-response.ts';
import { type QueueCredentials, QueueSource } from './queue-source.ts';
import { type Batch, type ReceivedMessage, toBatches } from './records.ts';
import { Slots } from './slots.ts';

export interface EventSourceMappingOptions {
  readonly plan: EventSourceMappingPlan;
  readonly region: string;
  readonly sqsEndpoint: string;
  readonly credentials: QueueCredentials;
  readonly administrator: QueueCredentials;
  readonly invoke: (request: InvokeRequest) => Promise<InvokeResult>;
  /** Something worth a line on the terminal: the queue cannot be reached, an answer is malformed. */
  readonly onNotice: (notice: string) => void;
}

export interface EventSourceMapping {
  /**
   * Receives nothing more from this call on; resolves when the running invocations have ended and their messages are
   * deleted. Those end by the function's own stop, so call both and wait for both.
   */
  stop(): Promise<void>;
}

/** Without `MaximumConcurrency` Lambda goes up to 1,250; a laptop does not. */
const DEFAULT_MAX_CONCURRENCY = 10;

/** One poller is on its way back to the queue while the other receives. More would only wake each other up. */
const POLLERS = 2;

/**
 * Lambda polls for twenty seconds. A poll that is called off goes on inside the engine, and what comes meanwhile is
 * received by nobody and invisible for a while; so the shorter the better.
 */
const POLL_SECONDS = 1;

const RECEIVE_BACKOFF = { firstMs: 100, maxMs: 5_000 } as const;
const FUNCTION_ERROR_BACKOFF = { firstMs: 100, maxMs: 10_000 } as const;
const THROTTLE_BACKOFF = { firstMs: 100, maxMs: 5_000 } as const;
const DELETE_ATTEMPTS = 3;
const DELETE_BACKOFF = { firstMs: 50, maxMs: 1_000 } as const;

/**
 * What the pollers of Lambda do between a queue and its function.
 *
 * A poller first takes a slot, then receives, and hands slot and messages on to an invocation: so nothing is received
 * that cannot be invoked at once, and no invocation keeps a poller waiting. Messages are deleted by their outcome; what
 * has failed is left alone until its visibility timeout ends.
 *
 * States: polling, then stopped: polls are called off, invocations end and settle their messages, and messages without an
 * invocation are handed back.
 */
class PollingMapping implements EventSourceMapping {
  private readonly options: EventSourceMappingOptions;
  private readonly source: QueueSource;
  private readonly slots: Slots;
  private readonly running = new Set<Promise<void>>();
  private readonly pollers: readonly Promise<void>[];
  private readonly stopping = new AbortController();
  private readonly receiveBackoff = new Backoff(RECEIVE_BACKOFF);
  private readonly errorBackoff = new Backoff(FUNCTION_ERROR_BACKOFF);
  private pausedUntil = 0;

  constructor(options: EventSourceMappingOptions) {
    this.options = options;
    const { plan } = options;
    const concurrency = plan.maximumConcurrency ?? DEFAULT_MAX_CONCURRENCY;
    this.source = new QueueSource({
      ...options,
      queueUrl: plan.queue.url,
      queueArn: plan.queue.arn,
    });
    this.slots = new Slots(concurrency);
    this.pollers = plan.enabled ? Array.from({ length: Math.min(POLLERS, concurrency) }, () => this.poll()) : [];
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.pollers);
    await Promise.all(this.running);
    this.source.close();
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async poll(): Promise<void> {
    while (!this.isStopped) {
      await this.slots.acquire();
      await this.sleep(this.pausedUntil - Date.now());
      const messages = this.isStopped ? [] : await this.gather();
      if (messages.length === 0) {
        this.slots.release();
        continue;
      }
      const running: Promise<void> = this.process(messages).finally(() => {
        this.running.delete(running);
        this.slots.release();
      });
      this.running.add(running);
    }
  }

  /** Messages of one batch: what is there, or what comes within the batching window. */
  private async gather(): Promise<readonly ReceivedMessage[]> {
    const { batchSize, maximumBatchingWindowSeconds } = this.options.plan;
    const messages = [...(await this.receive(batchSize, POLL_SECONDS))];
    const windowEndsAt = Date.now() + maximumBatchingWindowSeconds * 1_000;
    while (messages.length > 0 && messages.length < batchSize && Date.now() < windowEndsAt && !this.isStopped) {
      const remainingMs = windowEndsAt - Date.now();
      if (remainingMs < POLL_SECONDS * 1_000) await this.sleep(remainingMs);
      const waitSeconds = remainingMs < POLL_SECONDS * 1_000 ? 0 : POLL_SECONDS;
      messages.push(...(await this.receive(batchSize - messages.length, waitSeconds)));
    }
    return messages;
  }

  /** Never rejects: an engine that is away comes back, or the mapping is stopped. */
  private async receive(maxMessages: number, waitSeconds: number): Promise<readonly ReceivedMessage[]> {
    try {
      const messages = await this.source.receive({ maxMessages, waitSeconds, signal: this.stopping.signal });
      if (this.receiveBackoff.isActive) this.options.onNotice(`Receiving from ${this.options.plan.queue.name} again.`);
      this.receiveBackoff.reset();
      return messages;
    } catch (error) {
      if (!this.isStopped) {
        if (!this.receiveBackoff.isActive) this.notice('cannot be received from; trying on', error);
        await this.sleep(this.receiveBackoff.fail());
      }
      return [];
    }
  }

  private async process(messages: readonly ReceivedMessage[]): Promise<void> {
    if (this.isStopped) {
      await this.handBack(messages);
      return;
    }
    const receivedAt = Date.now();
    for (const batch of toBatches(messages)) {
      const result = await this.invoke(batch, receivedAt);
      await this.settle(batch, result);
    }
  }

  /** A throttled invocation is tried again for as long as its messages are ours. */
  private async invoke(batch: Batch, receivedAt: number): Promise<InvokeResult> {
    const backoff = new Backoff(THROTTLE_BACKOFF);
    const visibleAgainAt = receivedAt + this.options.plan.queue.visibilityTimeoutSeconds * 1_000;
    for (;;) {
      const result = await this.options.invoke({ payload: batch.payload });
      const delayMs = backoff.fail();
      if (result.kind !== 'throttled' || this.isStopped || Date.now() + delayMs >= visibleAgainAt) return result;
      await this.sleep(delayMs);
    }
  }

  private async settle(batch: Batch, result: InvokeResult): Promise<void> {
    const { plan } = this.options;
    switch (result.kind) {
      case 'success': {
        this.errorBackoff.reset();
        const failedIds = plan.reportBatchItemFailures ? this.readFailedIds(batch, result.payload) : new Set();
        await this.delete(batch.messages.filter(({ messageId }) => !failedIds.has(messageId)));
        return;
      }
      case 'function-error':
        this.slowDown();
        return;
      case 'stopped':
        this.slowDown();
        await this.handBack(batch.messages);
        return;
      case 'throttled':
      case 'too-large':
        this.options.onNotice(
          `${plan.functionName}: an invocation with ${batch.messages.length} messages was refused (${result.kind}).`,
        );
    }
  }

  private readFailedIds(batch: Batch, payload: string): ReadonlySet<string> {
    const ids = new Set(batch.messages.map(({ messageId }) => messageId));
    const verdict = readBatchResponse(payload, ids);
    if (verdict.kind === 'settled') return verdict.failedIds;
    this.options.onNotice(`${this.options.plan.functionName}: the whole batch counts as failed, ${verdict.reason}.`);
    return ids;
  }

  /** Invocations that fail together count once, or ten of them would stop polling for long. */
  private slowDown(): void {
    if (Date.now() >= this.pausedUntil) this.pausedUntil = Date.now() + this.errorBackoff.fail();
  }

  private async delete(messages: readonly ReceivedMessage[]): Promise<void> {
    const backoff = new Backoff(DELETE_BACKOFF);
    let left = messages;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      left = await this.source.delete(left);
      if (left.length === 0) return;
      if (attempt === DELETE_ATTEMPTS) {
        this.options.onNotice(
          `${this.options.plan.queue.name}: ${left.length} messages could not be deleted and will come again.`,
        );
        return;
      }
      await this.sleep(backoff.fail());
    }
  }

  private async handBack(messages: readonly ReceivedMessage[]): Promise<void> {
    try {
      await this.source.handBack(messages);
    } catch (error) {
      this.notice('did not take messages back; they come again when their visibility ends', error);
    }
  }

  private notice(what: string, error: unknown): void {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.options.onNotice(`${this.options.plan.queue.name} ${what} (${reason}).`);
  }

  /** Ends early when the mapping is stopped. */
  private async sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.isStopped) return;
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

export const startEventSourceMapping = (options: EventSourceMappingOptions): EventSourceMapping =>
  new PollingMapping(options);
