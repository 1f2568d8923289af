export { BundleError } from '../bundle/index.ts';
export type { AlarmOptions } from './alarm-options.ts';
export type { AsyncEndpointsAlarms } from './alarms.ts';
export type { ApiAuth, IamAuth, JwtAuth } from './api-auth.ts';
export type { ApiOptions } from './api-options.ts';
export { AsyncEndpoints, type AsyncEndpointsFunctions } from './async-endpoints.ts';
export { InvalidPropsError } from './errors.ts';
export type {
  AsyncEndpointsProps,
  ConsumerOptions,
  ProducerOptions,
  QueueOptions,
} from './props.ts';
export type { WebhookOptions, WebhookSecret } from './webhook-options.ts';
