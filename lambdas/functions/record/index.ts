import { newCode } from '../../adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../adapters/postgres/record-ledger.ts';
import { BACKGROUND_DATABASE } from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { openDatabase } from '../../wiring/database.ts';
import { settingNames } from './config.ts';
import { recordHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames);
const logger = newLogger('record');
const onFault = faultReport(logger);

const database = openDatabase(settings, BACKGROUND_DATABASE, onFault);

/** Takes batches of the claims topic from the event source mapping. */
export const handler = recordHandler(postgresRecordLedger(database, newCode), logger);
