import { awsAccess } from '../../adapters/aws/access.ts';
import { lambdaRestoreRequests } from '../../adapters/aws/restore-requests.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { newRedemptionId } from '../../adapters/crypto/identifiers.ts';
import { tokenAuthenticator } from '../../adapters/jose/token-authenticator.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { postgresIdempotencyStore } from '../../adapters/postgres/idempotency-store.ts';
import { postgresIssuanceLedger } from '../../adapters/postgres/issuance-ledger.ts';
import { postgresWallet } from '../../adapters/postgres/issuance-wallet.ts';
import { postgresRedemptionLedger } from '../../adapters/postgres/redemption-ledger.ts';
import { valkeyRateLimiter } from '../../adapters/valkey/rate-limiter.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import { readClaimMapping } from '../../config/claim-mapping.ts';
import {
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  HTTP_DATABASE,
  IDEMPOTENCY_TTL_SECONDS,
  RATE_LIMITER,
  REQUEST_LIMIT,
  RESTORE_SETTINGS,
} from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { closedGateLookup } from '../../domain/closed-gate.ts';
import { httpHandler } from '../../http/http-handler.ts';
import { openDatabase } from '../../wiring/database.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { listIssuancesEndpoint, readIssuanceEndpoint, revokeIssuanceEndpoint } from './handler.ts';
import { holdIssuanceEndpoint, releaseHoldEndpoint } from './hold-endpoints.ts';
import {
  quoteIssuanceEndpoint,
  redeemCodeEndpoint,
  redeemIssuanceEndpoint,
  rollBackEndpoint,
} from './redemption-endpoints.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('redeem');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'redeem', onFault);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, HTTP_DATABASE, onFault);

const redemptions = postgresRedemptionLedger(database);
const dependencies = {
  newRedemptionId,
  clock: systemClock,
  redemptions,
  ledger: postgresIssuanceLedger(database),
  gate: valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS),
  coupons: closedGateLookup(
    postgresCouponLedger(database),
    lambdaRestoreRequests(aws, settings.restoreFunctionName),
    systemClock,
    RESTORE_SETTINGS.forgetAfterMs,
    onFault,
  ),
};

/** Answers `/v1/issuances` and `/v1/redemptions`. */
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
    idempotencyStore: postgresIdempotencyStore(database, IDEMPOTENCY_TTL_SECONDS),
    endpoints: {
      getIssuance: readIssuanceEndpoint(dependencies),
      listIssuances: listIssuancesEndpoint(postgresWallet(database)),
      quoteIssuance: quoteIssuanceEndpoint(dependencies),
      holdIssuance: holdIssuanceEndpoint(dependencies),
      releaseHold: releaseHoldEndpoint(dependencies),
      redeemIssuance: redeemIssuanceEndpoint(dependencies),
      redeemCode: redeemCodeEndpoint(dependencies),
      rollBackRedemption: rollBackEndpoint((id, actor) => redemptions.rollBack(id, actor)),
      revokeIssuance: revokeIssuanceEndpoint(dependencies),
    },
  }),
);
