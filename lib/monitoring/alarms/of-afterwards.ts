import { functionLimits } from '../../../lambdas/config/function-limits.ts';
import { CHANNELS } from '../../../lambdas/domain/notification.ts';
import type { AlarmDefinition } from '../alarm.ts';
import { each, measured } from '../measure.ts';
import { NOTIFICATIONS_WAIT_MINUTES, REDEMPTIONS_UNAVAILABLE } from '../thresholds.ts';

/** Whoever is refused a quote or a hold never comes to redeem. */
const UNAVAILABLE_REDEMPTIONS = {
  kind: 'sum',
  of: [
    ...each('Redemptions', 'Sum', 'outcome', ['unavailable']),
    ...each('Checkouts', 'Sum', 'call', ['quote', 'hold'], { outcome: 'unavailable' }),
  ],
} as const;

/** After the issue: redemptions, notifications, and what nobody expected. */
export const afterwardsAlarms: readonly AlarmDefinition[] = [
  {
    id: 'redemptions-unavailable',
    measure: UNAVAILABLE_REDEMPTIONS,
    rings: 'at least',
    threshold: REDEMPTIONS_UNAVAILABLE,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: 'Checkouts are told to ask again: buyers wait before they can pay with their coupon.',
    severity: 'look',
  },
  {
    id: 'redemptions-refused',
    measure: UNAVAILABLE_REDEMPTIONS,
    rings: 'at least',
    threshold: REDEMPTIONS_UNAVAILABLE,
    breaching: 3,
    of: 3,
    missing: 'good',
    harm: 'No checkout can use a coupon: buyers pay without it, or leave.',
    severity: 'page',
    isSymptom: true,
  },
  ...CHANNELS.flatMap((channel): AlarmDefinition[] => [
    {
      id: `notifications-parked-${channel}`,
      measure: measured('NotificationsParked', 'Maximum', { channel }),
      rings: 'at least',
      threshold: 1,
      breaching: 1,
      of: 1,
      missing: 'good',
      harm: `Some will never be told by ${channel} unless an operator sends what was given up.`,
      severity: 'look',
      runbook: 'notifications-parked',
    },
    {
      id: `notifications-waiting-${channel}`,
      measure: measured('NotificationsWaiting', 'Minimum', { channel }),
      rings: 'at least',
      threshold: 1,
      breaching: NOTIFICATIONS_WAIT_MINUTES,
      of: NOTIFICATIONS_WAIT_MINUTES,
      missing: 'good',
      harm: `What is told by ${channel} comes late: more is to be sent than goes out, or nothing does.`,
      severity: 'look',
      runbook: 'notifications-waiting',
    },
  ]),
  {
    id: 'unexpected-faults',
    measure: {
      kind: 'sum',
      of: each('UnexpectedFaults', 'Sum', 'function', Object.keys(functionLimits)),
    },
    rings: 'at least',
    threshold: 1,
    breaching: 1,
    of: 1,
    missing: 'good',
    harm: 'A bug: some call failed for a reason that no server’s absence explains, and will fail again.',
    severity: 'page',
  },
];
