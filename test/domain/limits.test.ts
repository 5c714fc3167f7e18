import { expect, it } from '@jest/globals';
import { functionLimits } from '../../lambdas/config/function-limits.ts';
import { MAX_REMIND_HOURS } from '../../lambdas/api/notifications.ts';
import {
  BACKGROUND_DATABASE,
  BACKGROUND_GATE_TIMEOUT_MS,
  DELIVERY_SETTINGS,
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  NOTIFY_AT_RECORD,
  NOTIFY_PATIENCE_MS,
  NOTIFY_PLANNING_MS,
  NOTIFY_RUN_MS,
  NOTIFICATION_TTL_SECONDS,
  PUBLISH_BUDGET_MS,
  RESTORE_SETTINGS,
  SWEEP_AGE_MS,
  SWEEP_SETTINGS,
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

it('a sweep ends, and tells what it measured, before it would be cut off', () => {
  const { connectTimeoutMs, statementTimeoutMs } = BACKGROUND_DATABASE;
  const begunLastMs = SWEEP_SETTINGS.connectWaitMs + PUBLISH_BUDGET_MS;
  const purgeMs = connectTimeoutMs + statementTimeoutMs;
  const { timeoutSeconds } = functionLimits.sweep;
  // After its time it begins no publish, and no statement of a purge.
  const lastMs = SWEEP_SETTINGS.runMs + Math.max(begunLastMs, purgeMs);
  expect(lastMs).toBeLessThan(timeoutSeconds * 1_000);
});

it('the last attempt of a notify run has its channel’s time, and is written down before the function ends', () => {
  const { statementTimeoutMs } = BACKGROUND_DATABASE;
  const timeouts = Object.values(DELIVERY_SETTINGS.paces).map(({ timeoutMs }) => timeoutMs);
  const lastMs = NOTIFY_RUN_MS + Math.max(...timeouts) + statementTimeoutMs;
  expect(lastMs).toBeLessThan(functionLimits.notify.timeoutSeconds * 1_000);
});

it('a notify run sends for most of its time, whatever it plans before', () => {
  expect(NOTIFY_PLANNING_MS).toBeLessThan(NOTIFY_RUN_MS / 2);
});

it('a notify run asks for a channel for longer than the record function has it', () => {
  expect(NOTIFY_PATIENCE_MS).toBeGreaterThan(2 * NOTIFY_AT_RECORD.haste.cutMs);
});

it('an attempt of the record function that is begun last has as long as a good answer takes', () => {
  const { budgetMs, haste } = NOTIFY_AT_RECORD;
  expect(haste.cutMs - budgetMs).toBeGreaterThanOrEqual(700);
  expect(haste.cutMs).toBeLessThanOrEqual(1_000);
});

it('a reminder is remembered for longer than it comes before the end of the validity', () => {
  expect(NOTIFICATION_TTL_SECONDS / 3_600).toBeGreaterThan(2 * MAX_REMIND_HOURS);
});
