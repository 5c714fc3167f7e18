import { awsAccess } from '../../adapters/aws/access.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { purgeIdempotencyKeys } from '../../adapters/postgres/idempotency-purge.ts';
import { purgeNotifications } from '../../adapters/postgres/notification-purge.ts';
import { postgresRestoreLedger } from '../../adapters/postgres/restore-ledger.ts';
import { valkeyTime } from '../../adapters/valkey/server-time.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import {
  BACKGROUND_DATABASE,
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  IDEMPOTENCY_TTL_SECONDS,
  NOTIFICATION_TTL_SECONDS,
  PUBLISH_BUDGET_MS,
  SWEEP_AGE_MS,
  SWEEP_ENDED_MS,
  SWEEP_SETTINGS,
} from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { openDatabase } from '../../wiring/database.ts';
import { openClaimLog } from '../../wiring/kafka.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { sweepHandler } from './handler.ts';
import { readPending } from './read-pending.ts';
import { sweepPending } from './sweep-pending.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('sweep');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'sweep', onFault);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);
const gate = valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS);
const ledger = postgresRestoreLedger(database);
const log = openClaimLog(settings, aws, 'sweep', onFault);

/** Invoked by the schedule. */
export const handler = meter.afterRuns(
  sweepHandler({
    logger,
    meter,
    countUnexpected: meter.countUnexpected,
    clock: systemClock,
    settings: SWEEP_SETTINGS,
    discardExpired: () => {
      log.discardExpired();
    },
    readPending: (couponId) =>
      readPending(couponId, {
        gate,
        gateTime: () => valkeyTime(valkey, GATE_CONNECT_WAIT_MS),
        minAgeMs: SWEEP_AGE_MS,
      }),
    purges: [
      (isOver) => purgeIdempotencyKeys(database, IDEMPOTENCY_TTL_SECONDS, isOver),
      (isOver) => purgeNotifications(database, NOTIFICATION_TTL_SECONDS, isOver),
    ],
    couponIds: () => ledger.couponIdsEndingSince(SWEEP_ENDED_MS),
    sweep: (couponId) =>
      sweepPending(couponId, {
        gate,
        log,
        clock: systemClock,
        connectWaitMs: SWEEP_SETTINGS.connectWaitMs,
        publishBudgetMs: PUBLISH_BUDGET_MS,
        minAgeMs: SWEEP_AGE_MS,
      }),
  }),
);
