import { randomUUID } from 'node:crypto';
import { awsAccess } from '../../adapters/aws/access.ts';
import { newCode } from '../../adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../adapters/postgres/record-ledger.ts';
import { BACKGROUND_DATABASE, CAUGHT_UP_RECORDS, NOTIFY_AT_RECORD } from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { openDatabase } from '../../wiring/database.ts';
import { openDelivery } from '../../wiring/delivery.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openSenders } from '../../wiring/notification-senders.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { recordHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('record');
const onFault = faultReport(logger);
const aws = awsAccess(process.env);

const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);

const meter = openMeter(process.env, 'record');
const { senders } = openSenders(settings, aws, onFault);
const deliver = openDelivery(settings, {
  database,
  senders,
  meter,
  newHolder: randomUUID,
  onFault,
});

/** Takes batches of the claims topic from the event source mapping. */
export const handler = recordHandler(postgresRecordLedger(database, newCode), logger, {
  caughtUp: CAUGHT_UP_RECORDS,
  send: (only) => deliver({ ...NOTIFY_AT_RECORD, only }),
  onFault,
});
