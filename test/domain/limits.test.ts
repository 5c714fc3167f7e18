import { expect, it } from '@jest/globals';
import { MAX_REMIND_HOURS } from '../../lambdas/api/notifications.ts';
import {
  BACKGROUND_GATE_TIMEOUT_MS,
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  NOTIFICATION_TTL_SECONDS,
  PUBLISH_BUDGET_MS,
  RESTORE_SETTINGS,
  SWEEP_AGE_MS,
  TOPIC_RETENTION_MS,
} from '../../lambdas/config/limits.ts';

/** What clocks of servers that are kept by NTP differ by, with much room. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

it('a gate is remembered for longer than the topic keeps a record of it', () => {
  expect(RESTORE_SETTINGS.forgetAfterMs).toBeGreaterThanOrEqual(TOPIC_RETENTION_MS + CLOCK_SKEW_MS);
});

it('a rebuild takes the end of the log when those who passed the old gate have given up', () => {
  expect(RESTORE_SETTINGS.settleMs).toBeGreaterThan(PUBLISH_BUDGET_MS);
});

it('a pending claim is swept when nobody waits for it any more', () => {
  expect(SWEEP_AGE_MS).toBeGreaterThan(PUBLISH_BUDGET_MS);
});

it('a gate that answers as late as it may leaves time to publish', () => {
  expect(GATE_CONNECT_WAIT_MS + GATE_TIMEOUT_MS).toBeLessThan(PUBLISH_BUDGET_MS);
});

it('a lease is not lost over one command of its rebuild', () => {
  expect(RESTORE_SETTINGS.leaseMs).toBeGreaterThan(BACKGROUND_GATE_TIMEOUT_MS);
});

it('a reminder is remembered for longer than it comes before the end of the validity', () => {
  expect(NOTIFICATION_TTL_SECONDS / 3_600).toBeGreaterThan(2 * MAX_REMIND_HOURS);
});
