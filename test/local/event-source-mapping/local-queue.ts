import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../../lib/local/event-source-mapping/mapping.ts';
import type { SqsRecord } from '../../../lib/local/event-source-mapping/records.ts';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import type { EventSourceMappingPlan } from '../../../lib/local/template/plan.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

type App = ReturnType<typeof buildApp>;

/** A queue on an engine inside this process, a mapping on it, and what the mapping has invoked. */
export class LocalQueue {
  readonly notices: string[] = [];
  private app: App | undefined;
  private port = 0;
  private clientOrNone: SQSClient | undefined;
  private url = '';
  private attributes: Readonly<Record<string, string>> = {};
  private mappings: EventSourceMapping[] = [];

  async start(attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    this.attributes = attributes;
    await this.startEngine();
    this.clientOrNone = new SQSClient({
      region: 'us-east-1',
      endpoint: this.endpoint,
      credentials: CREDENTIALS,
      useQueueUrlAsEndpoint: false,
    });
    await this.create();
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private get client(): SQSClient {
    if (this.clientOrNone === undefined) throw new Error('not started');
    return this.clientOrNone;
  }

  /** On the same port again after `stopEngine`, with nothing in it. */
  async startEngine(): Promise<void> {
    this.app = buildApp({ logger: false });
    const address = await this.app.listen({ host: '127.0.0.1', port: this.port });
    this.port = Number(new URL(address).port);
  }

  async stopEngine(): Promise<void> {
    await this.app?.close();
  }

  async create(): Promise<void> {
    const created = await this.client.send(
      new CreateQueueCommand({ QueueName: 'work', Attributes: { ...this.attributes } }),
    );
    this.url = created.QueueUrl ?? '';
  }

  async remove(): Promise<void> {
    await this.client.send(new DeleteQueueCommand({ QueueUrl: this.url }));
  }

  async send(...bodies: readonly string[]): Promise<void> {
    for (let start = 0; start < bodies.length; start += 10) {
      const Entries = bodies.slice(start, start + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await this.client.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
    }
  }

  async sendOne(message: Omit<SendMessageCommandInput, 'QueueUrl'>): Promise<void> {
    await this.client.send(new SendMessageCommand({ QueueUrl: this.url, ...message }));
  }

  /** Messages that are visible, and those that were received and not deleted. */
  async counts(): Promise<{ readonly visible: number; readonly inFlight: number }> {
    const { Attributes = {} } = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages']),
      inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    };
  }

  map(
    invoke: (records: readonly SqsRecord[]) => Promise<InvokeResult>,
    plan: Partial<EventSourceMappingPlan> = {},
  ): EventSourceMapping {
    const options: EventSourceMappingOptions = {
      plan: {
        logicalId: 'Mapping',
        queue: {
          logicalId: 'Work',
          name: 'work',
          arn: 'arn:aws:sqs:us-east-1:000000000000:work',
          url: this.url,
          visibilityTimeoutSeconds: Number(this.attributes['VisibilityTimeout'] ?? 30),
          messageRetentionSeconds: 345_600,
          delaySeconds: 0,
          receiveMessageWaitSeconds: 0,
        },
        functionName: 'Demo-Consumer',
        batchSize: 10,
        maximumBatchingWindowSeconds: 0,
        reportBatchItemFailures: true,
        enabled: true,
        ...plan,
      },
      region: 'us-east-1',
      sqsEndpoint: this.endpoint,
      credentials: CREDENTIALS,
      administrator: CREDENTIALS,
      invoke: ({ payload }) => invoke((JSON.parse(payload) as { Records: SqsRecord[] }).Records),
      onNotice: (notice) => this.notices.push(notice),
    };
    const mapping = startEventSourceMapping(options);
    this.mappings.push(mapping);
    return mapping;
  }

  async end(): Promise<void> {
    await Promise.all(this.mappings.map((mapping) => mapping.stop()));
    this.clientOrNone?.destroy();
    await this.stopEngine();
  }
}

export const success = (answer: unknown = null): InvokeResult => ({
  kind: 'success',
  requestId: 'r',
  payload: JSON.stringify(answer),
});

export const functionError = (): InvokeResult => ({
  kind: 'function-error',
  requestId: 'r',
  errorType: 'Error',
  errorMessage: 'broken',
  payload: '{}',
});
