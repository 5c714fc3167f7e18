import { invocationSettings } from '../../adapters/aws/invocations.ts';
import { lambdaRestoreRequests } from '../../adapters/aws/restore-requests.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { tokenAuthenticator } from '../../adapters/jose/token-authenticator.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { connectDatabase } from '../../adapters/postgres/database.ts';
import { postgresIssuanceLedger } from '../../adapters/postgres/issuance-ledger.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../adapters/valkey/valkey-client.ts';
import {
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  HTTP_DATABASE,
  RESTORE_SETTINGS,
} from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { closedGateLookup } from '../../domain/closed-gate.ts';
import { httpHandler } from '../../http/http-handler.ts';
import { settingNames } from './config.ts';
import { readIssuanceEndpoint } from './handler.ts';

const settings = readSettings(process.env, settingNames);
const logger = newLogger('redeem');
const onFault = faultReport(logger);

const valkey = connectValkey(
  { url: settings.valkeyUrl, commandTimeoutMs: GATE_TIMEOUT_MS },
  (error) => {
    onFault('valkey', error);
  },
);
const database = connectDatabase({ url: settings.databaseUrl, ...HTTP_DATABASE }, (error) => {
  onFault('postgres', error);
});

/** Answers `/v1/issuances` and `/v1/redemptions`. */
export const handler = httpHandler({
  logger,
  authenticate: tokenAuthenticator(settings),
  endpoints: {
    getIssuance: readIssuanceEndpoint({
      ledger: postgresIssuanceLedger(database),
      gate: valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS),
      coupons: closedGateLookup(
        postgresCouponLedger(database),
        lambdaRestoreRequests(invocationSettings(settings.restoreFunctionName, process.env)),
        systemClock,
        RESTORE_SETTINGS.forgetAfterMs,
        onFault,
      ),
    }),
  },
});
