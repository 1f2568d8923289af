import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib/core';

/** When an installation calls for a person, and how. What to do then: docs/operations.md. */
export interface AlarmOptions {
  /**
   * What happens when an alarm rings, such as `new SnsAction(topic)`. No topic is made for you.
   *
   * @default - nothing: the alarms are seen in the console and on the dashboard only
   */
  readonly actions?: readonly IAlarmAction[];

  /**
   * What happens when an alarm is over.
   *
   * @default - nothing
   */
  readonly okActions?: readonly IAlarmAction[];

  /**
   * Messages in the dead-letter queue that are too many, 1 to 1000000.
   *
   * @default 1
   */
  readonly deadLetters?: number;

  /**
   * How long a job that is due may wait, 1 minute to 1 day.
   *
   * @default - 5 minutes, or four times `dispatchGrace` where that is longer
   */
  readonly dueAge?: Duration;

  /**
   * How long nothing may be heard of the producer, 2 to 60 whole minutes: its schedule is a minute, give or take one.
   *
   * @default Duration.minutes(5)
   */
  readonly producerSilence?: Duration;

  /**
   * Invocations of the consumer within five minutes that may not end in an error, 1 to 1000000. A job that fails is no error of
   * the consumer; a process that ends with its job, runs out of time or cannot reach the table is.
   *
   * @default 1
   */
  readonly consumerErrors?: number;
}
