import { type DeadLetter, parseMessage } from '../../../lib/core/index.ts';
import type { Send, WireAnswer, WireRequest } from '../proxy/fault-proxy.ts';

export interface QueueMirrorOptions {
  readonly visibilityTimeoutMs: number;
  /** Told that a message will be there to receive, once it has been taken; milliseconds from now. */
  readonly onVisible: (afterMs: number) => void;
  readonly onDeadLetter: (letter: DeadLetter) => void;
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
}

/** Sees what the queues take, whether the answer gets home or not. */
export class QueueMirror {
  private readonly options: QueueMirrorOptions;

  constructor(options: QueueMirrorOptions) {
    this.options = options;
  }

  async exchange(request: WireRequest, send: Send): Promise<WireAnswer> {
    const answer = await send(request);
    if (answer.status !== 200) return answer;
    const { visibilityTimeoutMs, onVisible } = this.options;
    switch (request.operation) {
      case 'SendMessageBatch':
        this.tellTaken(request, answer);
        break;
      case 'ReceiveMessage':
        if (answer.body.includes('ReceiptHandle')) onVisible(visibilityTimeoutMs);
        break;
      case 'ChangeMessageVisibility':
      case 'ChangeMessageVisibilityBatch':
        onVisible(0);
        break;
    }
    return answer;
  }

  private tellTaken(request: WireRequest, answer: WireAnswer): void {
    const { QueueUrl, Entries } = JSON.parse(request.body) as {
      readonly QueueUrl: string;
      readonly Entries: readonly Entry[];
    };
    const { Successful = [] } = JSON.parse(answer.body) as { readonly Successful?: readonly { readonly Id: string }[] };
    const taken = new Set(Successful.map(({ Id }) => Id));
    for (const entry of Entries.filter(({ Id }) => taken.has(Id))) {
      if (QueueUrl.includes('/dead-')) this.tellDeadLetter(entry);
      else this.options.onVisible((entry.DelaySeconds ?? 0) * 1_000);
    }
  }

  private tellDeadLetter({ MessageBody, MessageAttributes = {} }: Entry): void {
    const message = parseMessage(MessageBody);
    const textOf = (name: string): string => MessageAttributes[name]?.StringValue ?? '';
    if (message?.dead !== undefined) {
      this.options.onDeadLetter({
        message: { ...message, dead: message.dead },
        type: textOf('type'),
        reason: textOf('reason'),
        detail: textOf('detail'),
      });
    }
  }
}
