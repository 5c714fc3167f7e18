import type { Mutation } from '../mutation.ts';

const LIST = 'test/bench/rung-alarms.test.ts';
const STACK = 'test/infra/monitoring-stack.test.ts';

export const monitoringMutations: readonly Mutation[] = [
  {
    name: 'A share of claims is judged however few they are',
    loss: 'One crawler’s failed claim at night is half of all claims: somebody gets up, and next time does not.',
    file: 'bench/monitoring/rung.ts',
    find: `whole >= measure.atLeast ? (sum(measure.of) ?? 0) / whole : 0`,
    replace: `(sum(measure.of) ?? 0) / whole`,
    caughtBy: {
      file: LIST,
      title: 'claims-unsure rings at its share of claims, and of an event only',
    },
  },
  {
    name: 'A value counts once, however often it came',
    loss: 'The slowest claim of a million looks like one of a few: percentiles ring for nothing.',
    file: 'bench/monitoring/statistics.ts',
    find: `seen += count;`,
    replace: `seen += 1;`,
    caughtBy: { file: LIST, title: 'p99 of %i quick and %i slow ones is %i' },
  },
  {
    name: 'CloudWatch may not use the key of the alarms’ topic',
    loss: 'Every alarm rings, and none ever arrives; nothing says so.',
    file: 'lib/constructs/alarm-topic.ts',
    find: `actions: ['kms:Decrypt', 'kms:GenerateDataKey'],`,
    replace: `actions: ['kms:Decrypt'],`,
    caughtBy: {
      file: 'test/infra/security-floor.test.ts',
      title: 'is encrypted by a key that CloudWatch may use, or no alarm would arrive',
    },
  },
  {
    name: 'A sum of series that never had a value is no data',
    loss: 'Nothing is recorded from the first deployment on, and the alarm for just that stays silent.',
    file: 'lib/constructs/metric-of.ts',
    find: "return `SUM([${ids.join(', ')}, ${there} * 0])`;",
    replace: "return `SUM([${ids.join(', ')}])`;",
    caughtBy: {
      file: STACK,
      title: 'a share is one of all claims, and nothing while there are few',
    },
  },
  {
    name: 'Silence is good for the alarm on the schedules',
    loss: 'Nobody looks after the gates any more, and nobody is told.',
    file: 'lib/monitoring/alarms/of-gates.ts',
    find: `missing: 'bad',`,
    replace: `missing: 'good',`,
    caughtBy: {
      file: LIST,
      title: 'schedules-silent rings when nothing was heard for five minutes',
    },
  },
  {
    name: 'A symptom rings beside its cause',
    loss: 'One broker less is a dozen pages at night; the one that matters is among them.',
    file: 'lib/constructs/coupon-alarms.ts',
    find: `return isSymptom ? alarm : this.tell(alarm);`,
    replace: `return this.tell(alarm);`,
    caughtBy: {
      file: STACK,
      title:
        'each tells when it rings and when it is over, but symptoms only through what they share',
    },
  },
];
