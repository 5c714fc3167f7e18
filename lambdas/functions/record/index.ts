import { awsAccess } from '../../adapters/aws/access.ts';
import { newCode } from '../../adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../adapters/postgres/record-ledger.ts';
import { BACKGROUND_DATABASE } from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { openDatabase } from '../../wiring/database.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { recordHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('record');
const onFault = faultReport(logger);
const aws = awsAccess(process.env);

const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);

/** Takes batches of the claims topic from the event source mapping. */
export const handler = recordHandler(postgresRecordLedger(database, newCode), logger);
