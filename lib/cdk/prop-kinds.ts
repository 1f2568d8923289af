import type { AlarmOptions } from './alarm-options.ts';
import type { ApiOptions } from './api-options.ts';
import type { AsyncEndpointsProps, ConsumerOptions, ProducerOptions, QueueOptions } from './props.ts';
import type { WebhookOptions } from './webhook-options.ts';

/** What a prop must be, whatever its range. */
interface Kind {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
}

/** `mayBeFalse`: `false` leaves the whole part out. */
interface Part {
  readonly props: Props;
  readonly mayBeFalse?: true;
}

type Props = Readonly<Record<string, Kind | Part>>;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Kind = { must: 'a text', holds: (value) => typeof value === 'string' };
const number: Kind = { must: 'a number', holds: (value) => typeof value === 'number' };
const flag: Kind = { must: 'true or false', holds: (value) => typeof value === 'boolean' };
const object: Kind = { must: 'an object', holds: isObject };
const list: Kind = { must: 'a list', holds: Array.isArray };
const texts: Kind = {
  must: 'a list of texts',
  holds: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
};
const textsByName: Kind = {
  must: 'an object of texts',
  holds: (value) => isObject(value) && Object.values(value).every((entry) => typeof entry === 'string'),
};
// By its method: an app may have another copy of the CDK than this package.
const duration: Kind = {
  must: 'a Duration, such as Duration.minutes(5)',
  holds: (value) => isObject(value) && 'toSeconds' in value && typeof value.toSeconds === 'function',
};

// Not an alias, although it passes for one: a permission counts only if it names the key.
const key: Kind = {
  must: 'a key (not an alias of one), such as new Key(this, "Key", { enableKeyRotation: true })',
  holds: (value) => isObject(value) && 'keyArn' in value && !('aliasName' in value),
};

const PROPS = {
  jobsDirectory: text,
  concurrency: number,
  reserveConcurrency: flag,
  queueName: text,
  shards: number,
  retention: duration,
  dispatchGrace: duration,
  leaseMargin: duration,
  listCompleted: flag,
  encryptionKey: key,
  removalPolicy: text,
  deletionProtection: flag,
  logRetention: number,
  outputPrefix: text,
  queue: {
    props: {
      visibilityTimeout: duration,
      maxReceiveCount: number,
      retention: duration,
      deadLetterRetention: duration,
    } satisfies Record<keyof QueueOptions, Kind>,
  },
  consumer: {
    props: {
      timeout: duration,
      memorySize: number,
      batchSize: number,
      batchWindow: duration,
      batchConcurrency: number,
      environment: textsByName,
      allowCrashes: flag,
    } satisfies Record<keyof ConsumerOptions, Kind>,
  },
  producer: {
    props: {
      timeout: duration,
      memorySize: number,
      stayAwake: flag,
      queueDepthCap: number,
    } satisfies Record<keyof ProducerOptions, Kind>,
  },
  api: {
    mayBeFalse: true,
    props: {
      auth: object,
      unsafeLetAnybodyIn: flag,
      memorySize: number,
      rateLimit: number,
      burstLimit: number,
    } satisfies Record<keyof ApiOptions, Kind>,
  },
  alarms: {
    mayBeFalse: true,
    props: {
      actions: list,
      okActions: list,
      deadLetters: number,
      dueAge: duration,
      producerSilence: duration,
      consumerErrors: number,
    } satisfies Record<keyof AlarmOptions, Kind>,
  },
  webhooks: {
    props: {
      allowedHosts: texts,
      secrets: object,
      allowedAddresses: texts,
      allowHttp: flag,
    } satisfies Record<keyof WebhookOptions, Kind>,
  },
} satisfies Record<keyof AsyncEndpointsProps, Kind | Part>;

/** There is no default for them. */
const NEEDED = new Set(['jobsDirectory', 'webhooks.allowedHosts']);

/**
 * Every prop of another kind than its type says, and every one that there is not, each with its value and what it must be. An app
 * without types finds out here, and not somewhere inside of the constructs.
 */
export function findWrongKinds(props: unknown): readonly string[] {
  return problemsOf('', props, { props: PROPS });
}

function problemsOf(path: string, value: unknown, { props, mayBeFalse }: Part): readonly string[] {
  if (mayBeFalse && value === false) return [];
  const name = path === '' ? 'props' : path;
  if (!isObject(value)) return [`${name} is ${inWords(value)}, but must be an object${mayBeFalse ? ' or false' : ''}`];
  const prefix = path === '' ? '' : `${path}.`;
  const strangers = Object.keys(value).filter((key) => !Object.hasOwn(props, key));
  return [
    ...strangers.map((key) => `${prefix}${key} is no prop: there are ${Object.keys(props).join(', ')}`),
    ...Object.entries(props).flatMap(([key, rule]) => {
      const given: unknown = Reflect.get(value, key);
      if (given === undefined && !NEEDED.has(prefix + key)) return [];
      if ('props' in rule) return problemsOf(prefix + key, given, rule);
      return rule.holds(given) ? [] : [`${prefix}${key} is ${inWords(given)}, but must be ${rule.must}`];
    }),
  ];
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
