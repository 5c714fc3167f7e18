import { awsAccess } from '../../adapters/aws/access.ts';
import { lambdaRestoreRequests } from '../../adapters/aws/restore-requests.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { tokenAuthenticator } from '../../adapters/jose/token-authenticator.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { postgresIssuanceLedger } from '../../adapters/postgres/issuance-ledger.ts';
import { valkeyRateLimiter } from '../../adapters/valkey/rate-limiter.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import { readClaimMapping } from '../../config/claim-mapping.ts';
import {
  CONNECT_WAIT_MS,
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  HTTP_DATABASE,
  PUBLISH_BUDGET_MS,
  RATE_LIMITER,
  REQUEST_LIMIT,
  RESTORE_SETTINGS,
} from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { closedGateLookup } from '../../domain/closed-gate.ts';
import { measureGate, measureLog } from '../../domain/measured-ports.ts';
import { httpHandler } from '../../http/http-handler.ts';
import { openDatabase } from '../../wiring/database.ts';
import { findIdentifiers } from '../../wiring/identifiers.ts';
import { openClaimLog } from '../../wiring/kafka.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { issueEndpoint } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('issue');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'issue', onFault);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, HTTP_DATABASE, onFault);

const identified = findIdentifiers(settings, aws);
const issuing = {
  gate: measureGate(valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS), meter, systemClock),
  log: measureLog(openClaimLog(settings, aws, 'issue', onFault), meter, systemClock),
  ledger: postgresIssuanceLedger(database),
  coupons: closedGateLookup(
    postgresCouponLedger(database),
    lambdaRestoreRequests(aws, settings.restoreFunctionName),
    systemClock,
    RESTORE_SETTINGS.forgetAfterMs,
    onFault,
  ),
  clock: systemClock,
  connectWaitMs: CONNECT_WAIT_MS,
  publishBudgetMs: PUBLISH_BUDGET_MS,
  onFault,
};

/** Answers `POST /v1/coupons/{couponId}/issuances`. */
export const handler = meter.afterRequests(
  httpHandler({
    logger,
    measure: { meter, clock: systemClock, countUnexpected: meter.countUnexpected },
    authenticate: tokenAuthenticator({ ...settings, claims: readClaimMapping(settings.claims) }),
    corsOrigins: settings.corsOrigins,
    requestLimits: {
      limiter: valkeyRateLimiter(valkey, systemClock, RATE_LIMITER, onFault),
      limit: REQUEST_LIMIT,
      clock: systemClock,
    },
    endpoints: {
      issueCoupon: async (call) =>
        issueEndpoint({ ...issuing, identifiers: await identified() })(call),
    },
  }),
);
