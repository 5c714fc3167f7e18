import type { AlarmDefinition, CompositeDefinition } from './alarm.ts';
import { afterwardsAlarms } from './alarms/of-afterwards.ts';
import { claimAlarms } from './alarms/of-claims.ts';
import { gateAlarms } from './alarms/of-gates.ts';
import { platformAlarms } from './alarms/of-platform.ts';
import { recordAlarms } from './alarms/of-records.ts';

/** Every alarm on one number. */
export const ALARMS: readonly AlarmDefinition[] = [
  ...claimAlarms,
  ...gateAlarms,
  ...recordAlarms,
  ...afterwardsAlarms,
  ...platformAlarms,
];

/** The alarms whose numbers are our own: those that can ring on one machine as well. */
export const OWN_ALARMS: readonly AlarmDefinition[] = ALARMS.filter(
  ({ measure }) => measure.kind !== 'platform',
);

/** Servers whose absence rings many bells. Each needs both: users feel it, and AWS sees it. */
export const CAUSES: readonly CompositeDefinition[] = [
  {
    id: 'kafka-away',
    rule: {
      all: [
        {
          any: ['claims-unsure', 'claims-refused', 'publish-slow', 'pending-old', 'sweep-failing'],
        },
        { any: ['kafka-offline', 'kafka-under-min-isr', 'kafka-silent'] },
      ],
    },
    harm: 'Kafka accepts nothing: claims are refused or unsure, and nothing is recorded until it is back.',
    severity: 'page',
  },
  {
    id: 'valkey-away',
    rule: {
      all: [
        {
          any: [
            'claims-unsure',
            'claims-refused',
            'claims-gate-closed',
            'gate-closed',
            'gate-slow',
          ],
        },
        { any: ['cache-silent', 'cache-memory', 'cache-evictions', 'cache-cpu'] },
      ],
    },
    harm: 'The gates do not answer: no coupon can be claimed until the cache is back and they are built again.',
    severity: 'page',
  },
  {
    id: 'postgres-away',
    rule: {
      all: [
        { any: ['issued-late', 'record-lag', 'record-stalled', 'redemptions-unavailable'] },
        { any: ['database-silent', 'database-storage', 'database-connections', 'database-cpu'] },
      ],
    },
    harm: 'The ledger does not answer: claims go on, but no coupon becomes usable and no checkout can use one.',
    severity: 'page',
  },
];

/** One page for whatever users feel, unless the page of a cause has said why. */
export const USERS_AFFECTED: CompositeDefinition = {
  id: 'users-affected',
  rule: { any: ALARMS.filter(({ isSymptom }) => isSymptom).map(({ id }) => id) },
  harm: 'Users are turned away, wait, or cannot use what they have, and no server is known to be away.',
  severity: 'page',
};

export const COMPOSITES: readonly CompositeDefinition[] = [...CAUSES, USERS_AFFECTED];

/** The section of the runbook that says what to do. */
export function sectionOf({ id, runbook }: Pick<AlarmDefinition, 'id' | 'runbook'>): string {
  return runbook ?? id;
}
