import { Match } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { setup } from './test-stack.ts';

const ALARM = 'AWS::CloudWatch::Alarm';

describe('the alarms', () => {
  it('are four, call nobody by themselves, and make no topic', () => {
    const template = setup().toTemplate();
    template.resourceCountIs(ALARM, 4);
    template.allResourcesProperties(ALARM, { AlarmActions: Match.absent(), OKActions: Match.absent() });
    template.resourceCountIs('AWS::SNS::Topic', 0);
  });

  it('ring for the first message in the dead-letter queue, and not for an empty one of which SQS tells nothing', () => {
    setup().toTemplate().hasResourceProperties(ALARM, {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('ring for a job that is due for five minutes, and remember it until it would be seen again', () => {
    setup().toTemplate().hasResourceProperties(ALARM, {
      MetricName: 'OldestDueAge',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 300,
      EvaluationPeriods: 15,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('ring when nothing is heard of the producer for five minutes', () => {
    setup().toTemplate().hasResourceProperties(ALARM, {
      MetricName: 'OldestDueAge',
      Statistic: 'SampleCount',
      Period: 60,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 5,
      TreatMissingData: 'breaching',
    });
  });

  it('ring for an error of the consumer', () => {
    setup()
      .toTemplate()
      .hasResourceProperties(ALARM, {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('Consumer') } }],
        Statistic: 'Sum',
        Period: 300,
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      });
  });

  it('take what the props say', () => {
    const alarms = {
      deadLetters: 20,
      dueAge: Duration.hours(1),
      producerSilence: Duration.minutes(10),
      consumerErrors: 5,
    };
    const template = setup({ alarms }).toTemplate();
    template.hasResourceProperties(ALARM, { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 20 });
    template.hasResourceProperties(ALARM, { MetricName: 'OldestDueAge', Threshold: 3_600 });
    template.hasResourceProperties(ALARM, { Statistic: 'SampleCount', EvaluationPeriods: 10 });
    template.hasResourceProperties(ALARM, { MetricName: 'Errors', Threshold: 5 });
  });

  it('wait for a job that is sent again after a long grace, so that one lost message rings nothing', () => {
    setup({ dispatchGrace: Duration.minutes(10) })
      .toTemplate()
      .hasResourceProperties(ALARM, { MetricName: 'OldestDueAge', Statistic: 'Maximum', Threshold: 2_400 });
  });

  it('call a topic of the stack when they ring, and when they are over', () => {
    const { stack, jobs, toTemplate } = setup();
    const action = new SnsAction(new Topic(stack, 'OnCall'));
    for (const alarm of Object.values(jobs.alarms ?? {})) alarm.addAlarmAction(action);
    toTemplate().allResourcesProperties(ALARM, { AlarmActions: [{ Ref: Match.stringLikeRegexp('OnCall') }] });
  });

  it('call whom the props name', () => {
    const called = { bind: () => ({ alarmActionArn: 'arn:aws:sns:us-east-1:123456789012:on-call' }) };
    const over = { bind: () => ({ alarmActionArn: 'arn:aws:sns:us-east-1:123456789012:over' }) };
    const template = setup({ alarms: { actions: [called], okActions: [over] } }).toTemplate();
    template.allResourcesProperties(ALARM, {
      AlarmActions: ['arn:aws:sns:us-east-1:123456789012:on-call'],
      OKActions: ['arn:aws:sns:us-east-1:123456789012:over'],
    });
  });

  it.each([
    [{ deadLetters: 0 }, 'alarms.deadLetters is 0, but must be a whole number from 1 to 1000000'],
    [
      { dueAge: Duration.seconds(59) },
      'alarms.dueAge is 59 seconds, but must be a whole number from 60 to 86400 seconds',
    ],
    [{ dueAge: Duration.days(2) }, 'alarms.dueAge is 172800 seconds'],
    [
      { producerSilence: Duration.seconds(90) },
      'alarms.producerSilence is 1.5 minutes, but must be a whole number from 2 to 60 minutes',
    ],
    [{ producerSilence: Duration.minutes(61) }, 'alarms.producerSilence is 61 minutes'],
    [{ consumerErrors: 0.5 }, 'alarms.consumerErrors is 0.5, but must be a whole number from 1 to 1000000'],
  ])('fails with a threshold out of its range: %o', (alarms, problem) => {
    expect(() => setup({ alarms })).toThrow(problem);
  });
});
