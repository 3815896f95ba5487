import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type AlarmNote, describe } from './alarmNotes.ts';
import type { AlarmTopic } from './constructs/alarmTopic.ts';
import type { Stage } from './stage.ts';

/** When an alarm rings: at, or below, a value, in each of `periods` periods (1). */
export type Watch = {
  readonly metric: IMetric;
  readonly periods?: number;
  /** No data is no trouble, unless this says otherwise. */
  readonly missing?: TreatMissingData;
  /** Whether its end is told as well. Alarms without trouble end once when they are made, so only few are asked to. */
  readonly tellsEnd?: boolean;
} & ({ readonly atLeast: number } | { readonly lessThan: number });

export type AlarmProps = Watch & {
  readonly stage: Stage;
  readonly topic: AlarmTopic;
  /** Stands in the name, before the title. */
  readonly of?: string;
};

/** Adds an alarm that tells what it means, what it does to people, and where to read on. */
export function addAlarm(scope: Construct, note: AlarmNote, props: AlarmProps): Alarm {
  const { stage, topic, of, metric, periods = 1, missing = TreatMissingData.NOT_BREACHING } = props;
  const alarm = new Alarm(scope, idOf(note), {
    alarmName: [stage.stackName, of, note.title].filter(Boolean).join(' '),
    alarmDescription: describe(note, stage.runbookUrl),
    metric,
    ...('atLeast' in props
      ? {
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          threshold: props.atLeast,
        }
      : { comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD, threshold: props.lessThan }),
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    treatMissingData: missing,
  });
  topic.hear(alarm, props.tellsEnd);
  return alarm;
}

/** `deletions held` → `DeletionsHeldAlarm`. */
function idOf({ title }: AlarmNote): string {
  const words = title.split(' ').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Alarm`;
}
