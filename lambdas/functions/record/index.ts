import { randomUUID } from 'node:crypto';
import { awsAccess } from '../../adapters/aws/access.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { newCode } from '../../adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../adapters/postgres/record-ledger.ts';
import { BACKGROUND_DATABASE, CAUGHT_UP_RECORDS, NOTIFY_AT_RECORD } from '../../config/limits.ts';
import { faultReport, newLogger, workFaultReport } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { faultWords } from '../../domain/fault-words.ts';
import { openDatabase } from '../../wiring/database.ts';
import { openDelivery } from '../../wiring/delivery.ts';
import { openMeter } from '../../wiring/meter.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { recordHandler, type Notifying } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('record');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'record', onFault);
const aws = awsAccess(process.env);

const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);

/** Takes batches of the claims topic from the event source mapping. */
export const handler = meter.afterRuns(
  recordHandler({
    ledger: postgresRecordLedger(database, newCode),
    logger,
    meter,
    clock: systemClock,
    notifying: openNotifying(),
  }),
);

/** Without its channels it records all the same: `notify` is without them, too, and fails for it. */
function openNotifying(): Notifying | undefined {
  try {
    const deliver = openDelivery(settings, aws, {
      database,
      meter,
      logger,
      newHolder: randomUUID,
      onFault,
    });
    return {
      caughtUp: CAUGHT_UP_RECORDS,
      send: (only) => deliver({ ...NOTIFY_AT_RECORD, only }),
      onFault: workFaultReport(logger, meter.countUnexpected),
    };
  } catch (error) {
    logger.error('channels not opened', faultWords(error));
    return undefined;
  }
}
