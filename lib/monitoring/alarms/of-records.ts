import type { AlarmDefinition } from '../alarm.ts';
import { each, measured, slowest } from '../measure.ts';
import { ISSUED_AFTER_P99_MS, RECORD_LAG } from '../thresholds.ts';

/** Why a record is in quarantine. */
export const QUARANTINE_REASONS = ['malformed', 'unknown_coupon', 'overflow', 'conflict'] as const;

/** From the log to the ledger. */
export const recordAlarms = [
  {
    id: 'issued-late',
    measure: slowest('IssuedAfter'),
    rings: 'at least',
    threshold: ISSUED_AFTER_P99_MS,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: 'Users have their 202 and cannot use the coupon yet: its row comes seconds later than they look.',
    severity: 'look',
  },
  {
    id: 'record-lag',
    measure: measured('RecordLag', 'Minimum'),
    rings: 'at least',
    threshold: RECORD_LAG,
    breaching: 3,
    of: 3,
    missing: 'good',
    harm: 'More is accepted than recorded: coupons of thousands of users stay unusable, and a lost gate could not be built again until it is worked off.',
    severity: 'page',
    isSymptom: true,
  },
  {
    id: 'record-stalled',
    measure: {
      kind: 'stalled',
      waiting: { metric: 'RecordLag', statistic: 'Minimum' },
      moving: { metric: 'RecordedIssuances', statistic: 'Sum' },
    },
    rings: 'at least',
    threshold: 1,
    breaching: 2,
    of: 2,
    missing: 'good',
    harm: 'Nothing is recorded: no accepted coupon becomes usable, and no lost gate can be built again.',
    severity: 'page',
    isSymptom: true,
  },
  {
    id: 'late-records',
    measure: measured('LateRecords', 'Sum'),
    rings: 'at least',
    threshold: 1,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: 'Nobody was told 202 for them, so nobody loses anything; but a process stood still for longer than its claims may take.',
    severity: 'look',
  },
  {
    id: 'quarantine',
    measure: {
      kind: 'sum',
      of: each('QuarantinedRecords', 'Sum', 'reason', QUARANTINE_REASONS),
    },
    rings: 'at least',
    threshold: 1,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: 'A record can never be stored: if it was a claim, its user was told 202 and has no coupon, and nobody else gets the unit.',
    severity: 'page',
  },
  {
    id: 'quarantine-waiting',
    measure: measured('QuarantineWaiting', 'Minimum'),
    rings: 'at least',
    threshold: 1,
    // An operator who looks after it at once needs no reminder.
    breaching: 60,
    of: 60,
    missing: 'good',
    harm: 'Quarantined records have waited for an hour: the users they may belong to wait as long.',
    severity: 'look',
  },
] as const satisfies readonly AlarmDefinition[];
