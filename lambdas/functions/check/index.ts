import { awsAccess } from '../../adapters/aws/access.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { kafkaLogPositions } from '../../adapters/kafka/kafka-log-positions.ts';
import { postgresCheckLedger } from '../../adapters/postgres/check-ledger.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import {
  BACKGROUND_DATABASE,
  CHECK_SETTINGS,
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
} from '../../config/limits.ts';
import { faultReport, newLogger, workFaultReport } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { openDatabase } from '../../wiring/database.ts';
import { kafkaConnection } from '../../wiring/kafka.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { checkLedger } from './check-ledger.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { countUnrecorded } from './count-unrecorded.ts';
import { checkHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('check');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'check', onFault);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);
const ledger = postgresCheckLedger(database);
const onWorkFault = workFaultReport(logger, meter.countUnexpected);
const dependencies = {
  ledger,
  gate: valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS),
  log: kafkaLogPositions(
    kafkaConnection(settings, aws, 'check'),
    settings.topic,
    settings.recordGroup,
  ),
  clock: systemClock,
  settings: CHECK_SETTINGS,
  onFault: onWorkFault,
};

/** Invoked by the schedule. */
export const handler = meter.afterRuns(
  checkHandler({
    logger,
    meter,
    ledger,
    unrecorded: () => countUnrecorded(dependencies.log),
    check: () => checkLedger(dependencies),
    onFault: onWorkFault,
  }),
);
