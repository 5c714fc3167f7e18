import { randomUUID } from 'node:crypto';
import { awsAccess } from '../../adapters/aws/access.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { postgresNotificationPlans } from '../../adapters/postgres/notification-plans.ts';
import { postgresNotificationQueue } from '../../adapters/postgres/notification-queue.ts';
import { postgresStatsLedger } from '../../adapters/postgres/stats-ledger.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import {
  BACKGROUND_DATABASE,
  BACKGROUND_GATE_TIMEOUT_MS,
  GATE_CONNECT_WAIT_MS,
  NOTIFY_PATIENCE_MS,
  NOTIFY_PLANNING_MS,
  NOTIFY_RUN_MS,
  RESTORE_SETTINGS,
  SUMMARY_WAITS_MS,
} from '../../config/limits.ts';
import { faultReport, newLogger, workFaultReport } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { readStats } from '../../domain/coupon-stats.ts';
import { openDatabase } from '../../wiring/database.ts';
import { openDelivery } from '../../wiring/delivery.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { notifyHandler } from './handler.ts';
import { notify } from './notify.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('notify');
const onFault = faultReport(logger);
const aws = awsAccess(process.env);

const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);
const valkey = openValkey(settings, aws, BACKGROUND_GATE_TIMEOUT_MS, onFault);
const meter = openMeter(process.env, 'notify', onFault);
const deliver = openDelivery(settings, aws, {
  database,
  meter,
  logger,
  newHolder: randomUUID,
  onFault,
});
const statsDependencies = {
  ledger: postgresStatsLedger(database),
  gate: valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS),
  forgetAfterMs: RESTORE_SETTINGS.forgetAfterMs,
  onFault,
};

/** Invoked by the schedule. */
export const handler = meter.afterRuns(
  notifyHandler({
    logger,
    notify: () =>
      notify({
        plans: postgresNotificationPlans(database),
        queue: postgresNotificationQueue(database),
        readStats: (couponId) => readStats(couponId, statsDependencies),
        deliver: (budgetMs) => deliver({ budgetMs, patienceMs: NOTIFY_PATIENCE_MS }),
        clock: systemClock,
        runMs: NOTIFY_RUN_MS,
        planningMs: NOTIFY_PLANNING_MS,
        summaryWaitsMs: SUMMARY_WAITS_MS,
        meter,
        onFault: workFaultReport(logger, meter.countUnexpected),
      }),
  }),
);
