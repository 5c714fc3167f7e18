import { CLOCK_TOLERANCE_MS } from '../../../lambdas/config/limits.ts';
import type { AlarmDefinition } from '../alarm.ts';
import { measured } from '../measure.ts';

/** What the schedules see once a minute. */
export const gateAlarms = [
  {
    id: 'gate-closed',
    measure: measured('GatesClosed', 'Minimum'),
    rings: 'at least',
    threshold: 1,
    // Seen closed twice in a row: for longer than a minute. A rebuild takes 5 to 10 s.
    breaching: 2,
    of: 2,
    missing: 'good',
    harm: 'A coupon that should be claimable is not: all its users are turned away, and the rebuild does not end by itself.',
    severity: 'page',
    isSymptom: true,
  },
  {
    id: 'ledger-drift',
    measure: measured('LedgerDrift', 'Minimum'),
    rings: 'at least',
    threshold: 1,
    // Claims under way do not add up for moments; what does not for three minutes will not.
    breaching: 3,
    of: 3,
    missing: 'good',
    harm: 'Gate, log and ledger do not add up: units are lost to everybody, or promised twice.',
    severity: 'page',
  },
  {
    id: 'clocks-apart',
    measure: measured('ClocksApart', 'Maximum'),
    rings: 'at least',
    threshold: CLOCK_TOLERANCE_MS / 1_000,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: 'The gate’s clock is wrong: issue windows begin and end at the wrong moment, and users are refused who should not be.',
    severity: 'page',
  },
  {
    id: 'schedules-silent',
    // With PostgreSQL away it can't name the gates, with Kafka away it can't see the lag: one is enough.
    measure: {
      kind: 'sum',
      of: [
        { metric: 'GatesClosed', statistic: 'SampleCount' },
        { metric: 'RecordLag', statistic: 'SampleCount' },
      ],
    },
    rings: 'below',
    threshold: 1,
    breaching: 5,
    of: 5,
    missing: 'bad',
    harm: 'Nobody looks after the gates: one that is lost stays closed until a user meets it, unknown outcomes stay unknown, and the other alarms of this list see nothing.',
    severity: 'page',
  },
] as const satisfies readonly AlarmDefinition[];
