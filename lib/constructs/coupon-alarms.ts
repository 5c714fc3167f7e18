import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  TreatMissingData,
  type IAlarm,
  type IAlarmRule,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import type { AlarmDefinition, CompositeDefinition, Rule } from '../monitoring/alarm.ts';
import { ALARMS, CAUSES, sectionOf, USERS_AFFECTED } from '../monitoring/alarms.ts';
import type { MetricSource } from './metric-of.ts';

export interface CouponAlarmsProps {
  readonly environment: Environment;
  readonly metrics: MetricSource;
  readonly topic: ITopic;
}

/** AWS' own numbers come minutes after ours: so long the page of a symptom waits for its cause. */
const CAUSE_WAIT = Duration.minutes(3);
/** And so long after the cause is over, for the symptoms to follow. */
const CAUSE_REST = Duration.minutes(2);

/** Every alarm of the list, and what rings many of them as one. */
export class CouponAlarms extends Construct {
  /** Those that somebody gets up for. */
  readonly pages: readonly IAlarm[];
  private readonly alarms: ReadonlyMap<string, IAlarm>;
  private readonly props: CouponAlarmsProps;
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, props: CouponAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.action = new SnsAction(props.topic);
    this.alarms = new Map(ALARMS.map((definition) => [definition.id, this.alarm(definition)]));
    const causes = CAUSES.map((cause) => this.tell(this.composite(cause)));
    const known = new CompositeAlarm(this, 'cause-known', {
      compositeAlarmName: this.nameOf('cause-known'),
      alarmDescription: 'A server is known to be away, and its own alarm says so. Tells nobody.',
      alarmRule: AlarmRule.anyOf(...causes),
    });
    const affected = this.tell(
      this.composite(USERS_AFFECTED, {
        actionsSuppressor: known,
        actionsSuppressorWaitPeriod: CAUSE_WAIT,
        actionsSuppressorExtensionPeriod: CAUSE_REST,
      }),
    );
    const pages = ALARMS.filter(({ severity }) => severity === 'page').map(({ id }) => id);
    this.pages = [affected, ...causes, ...pages.flatMap((page) => this.alarms.get(page) ?? [])];
  }

  private alarm(definition: AlarmDefinition): Alarm {
    const { id, measure, threshold, rings, breaching, of, missing, isSymptom } = definition;
    const { environment, metrics } = this.props;
    const alarm = new Alarm(this, id, {
      alarmName: this.nameOf(id),
      alarmDescription: this.describe(definition, sectionOf(definition)),
      metric: metrics.metricOf(measure),
      threshold: typeof threshold === 'number' ? threshold : threshold(environment),
      comparisonOperator:
        rings === 'at least'
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      datapointsToAlarm: breaching,
      evaluationPeriods: of,
      treatMissingData:
        missing === 'good' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    return isSymptom ? alarm : this.tell(alarm);
  }

  private composite(
    { id, rule, ...definition }: CompositeDefinition,
    suppressing: Readonly<Record<string, unknown>> = {},
  ): CompositeAlarm {
    return new CompositeAlarm(this, id, {
      compositeAlarmName: this.nameOf(id),
      alarmDescription: this.describe(definition, id),
      alarmRule: this.ruleOf(rule),
      ...suppressing,
    });
  }

  /** @throws Error when it names an alarm that does not exist */
  private ruleOf(rule: Rule): IAlarmRule {
    if (typeof rule === 'string') {
      const alarm = this.alarms.get(rule);
      if (alarm === undefined) throw new Error(`a rule names ${rule}, and there is no such alarm`);
      return alarm;
    }
    return 'all' in rule
      ? AlarmRule.allOf(...rule.all.map((part) => this.ruleOf(part)))
      : AlarmRule.anyOf(...rule.any.map((part) => this.ruleOf(part)));
  }

  /** It says when it rings and when it is over. */
  private tell<A extends Alarm | CompositeAlarm>(alarm: A): A {
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
    return alarm;
  }

  private nameOf(id: string): string {
    return `coupon-${this.props.environment.name}-${id}`;
  }

  private describe(
    { severity, harm }: Pick<AlarmDefinition, 'severity' | 'harm'>,
    section: string,
  ): string {
    const runbook = this.props.environment.installation.runbookUrl ?? 'docs/runbook.md';
    return `${severity.toUpperCase()}: ${harm} What to do: ${runbook}#${section}`;
  }
}
