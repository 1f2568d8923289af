import { Alarm, type AlarmProps, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmSettings } from './alarm-settings.ts';
import { ownMetric, PERIOD } from './metrics.ts';
import type { Monitored } from './monitored.ts';

/** The alarms of an installation, for actions that the props do not offer. */
export interface AsyncEndpointsAlarms {
  /** Jobs have failed for good, or messages cannot be read. */
  readonly deadLetterQueueNotEmpty: Alarm;
  /** Jobs that should run do not. */
  readonly dueJobsTooOld: Alarm;
  /** Nobody looks for due jobs, or whoever looks cannot see them. */
  readonly producerSilent: Alarm;
  /** Invocations of the consumer end with an error. */
  readonly consumerErrors: Alarm;
}

/**
 * A job that nobody starts is sent again each time its grace has doubled, and only then is it among the due ones. The alarm
 * remembers what it saw for so long, or it would ring once for each.
 */
const DUE_AGE_MEMORY_MINUTES = 15;

export function createAlarms(parent: Construct, settings: AlarmSettings, monitored: Monitored): AsyncEndpointsAlarms {
  const scope = new Construct(parent, 'Alarms');
  const { table, deadLetterQueue, functions } = monitored;
  const create = (id: string, props: AlarmProps): Alarm => {
    const alarm = new Alarm(scope, id, props);
    alarm.addAlarmAction(...settings.actions);
    alarm.addOkAction(...settings.okActions);
    return alarm;
  };
  return {
    deadLetterQueueNotEmpty: create('DeadLetterQueueNotEmpty', {
      alarmDescription: 'Jobs have failed for good, or messages cannot be read: look at the dead-letter queue.',
      // Not the messages sent: those that SQS itself moved there do not count among them.
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: PERIOD }),
      threshold: settings.deadLetters,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // SQS tells nothing of a queue that nobody has used for hours, which is then empty.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
    dueJobsTooOld: create('DueJobsTooOld', {
      alarmDescription: `A job that is due has waited for more than ${settings.dueAgeSeconds} seconds.`,
      metric: ownMetric(table, 'OldestDueAge', { statistic: Stats.MAXIMUM }),
      threshold: settings.dueAgeSeconds,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: DUE_AGE_MEMORY_MINUTES,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
    producerSilent: create('ProducerSilent', {
      alarmDescription: `For ${settings.producerSilenceMinutes} minutes nobody has seen which jobs are due.`,
      // Told at the beginning of each invocation that could read the table: a heartbeat that costs no metric of its own.
      metric: ownMetric(table, 'OldestDueAge', { statistic: Stats.SAMPLE_COUNT }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: settings.producerSilenceMinutes,
      treatMissingData: TreatMissingData.BREACHING,
    }),
    consumerErrors: create('ConsumerErrors', {
      alarmDescription:
        'Invocations of the consumer ended with an error: a crash, a time-out, or a table out of reach.',
      metric: functions.consumer.metricErrors({ statistic: Stats.SUM, period: Duration.minutes(5) }),
      threshold: settings.consumerErrors,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
  };
}
