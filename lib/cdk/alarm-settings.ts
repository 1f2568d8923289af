import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmOptions } from './alarm-options.ts';

/** The `alarms` prop with its defaults filled in. */
export interface AlarmSettings {
  readonly actions: readonly IAlarmAction[];
  readonly okActions: readonly IAlarmAction[];
  readonly deadLetters: number;
  readonly dueAgeSeconds: number;
  readonly producerSilenceMinutes: number;
  readonly consumerErrors: number;
}

export const DAY_SECONDS = 86_400;
const DUE_AGE_SECONDS = 300;
/** A job whose message was lost is sent again after one grace, and after two more: no reason to call anybody. */
const GRACES = 4;

/** Undefined where the alarms are switched off. */
export function resolveAlarms(
  options: AlarmOptions | false | undefined,
  dispatchGraceSeconds: number,
): AlarmSettings | undefined {
  if (options === false) return undefined;
  return {
    actions: options?.actions ?? [],
    okActions: options?.okActions ?? [],
    deadLetters: options?.deadLetters ?? 1,
    dueAgeSeconds:
      options?.dueAge?.toSeconds({ integral: false }) ??
      Math.min(Math.max(DUE_AGE_SECONDS, GRACES * dispatchGraceSeconds), DAY_SECONDS),
    producerSilenceMinutes: options?.producerSilence?.toMinutes({ integral: false }) ?? 5,
    consumerErrors: options?.consumerErrors ?? 1,
  };
}
