import { randomUUID } from 'node:crypto';
import { awsAccess } from '../../adapters/aws/access.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { kafkaLogPositions } from '../../adapters/kafka/kafka-log-positions.ts';
import { postgresRestoreLeases } from '../../adapters/postgres/restore-leases.ts';
import { postgresRestoreLedger } from '../../adapters/postgres/restore-ledger.ts';
import { postgresTime } from '../../adapters/postgres/server-time.ts';
import { valkeyTime } from '../../adapters/valkey/server-time.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import {
  BACKGROUND_DATABASE,
  BACKGROUND_GATE_TIMEOUT_MS,
  CLOCK_TOLERANCE_MS,
  GATE_CONNECT_WAIT_MS,
  LEASE_CONNECTIONS,
  RESTORE_CONCURRENCY,
  RESTORE_SETTINGS,
} from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { restoreGate } from '../../domain/restore-gate.ts';
import { openDatabase } from '../../wiring/database.ts';
import { kafkaConnection } from '../../wiring/kafka.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { clocksApartMs } from './compare-clocks.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { restoreHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('restore');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'restore', onFault);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, BACKGROUND_GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);
const gate = valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS);
const leaseDatabase = openDatabase(
  settings,
  aws,
  { ...BACKGROUND_DATABASE, maxConnections: LEASE_CONNECTIONS },
  onFault,
);
const leases = postgresRestoreLeases(leaseDatabase);
const ledger = postgresRestoreLedger(database);
const log = kafkaLogPositions(
  kafkaConnection(settings, aws, 'restore'),
  settings.topic,
  settings.recordGroup,
);

/** Invoked by the schedule, and by whoever meets a closed gate. */
export const handler = meter.afterRuns(
  restoreHandler({
    logger,
    onOpened: () => {
      meter.record('GatesOpened', 1);
    },
    countUnexpected: meter.countUnexpected,
    concurrency: RESTORE_CONCURRENCY,
    clockToleranceMs: CLOCK_TOLERANCE_MS,
    clocksApartMs: async () => {
      const apartMs = await clocksApartMs({
        clock: systemClock,
        gateTime: () => valkeyTime(valkey, GATE_CONNECT_WAIT_MS),
        ledgerTime: () => postgresTime(database),
      });
      meter.record('ClocksApart', Math.abs(apartMs) / 1_000);
      return apartMs;
    },
    couponIds: () => ledger.couponIdsEndingSince(RESTORE_SETTINGS.forgetAfterMs),
    restore: (couponId) =>
      restoreGate(couponId, {
        gate,
        ledger,
        leases,
        log,
        clock: systemClock,
        holder: randomUUID(),
        settings: RESTORE_SETTINGS,
        onRebuild: (why, epoch) => {
          logger.warn('gate lost', { couponId, why, epoch });
        },
      }),
  }),
);
