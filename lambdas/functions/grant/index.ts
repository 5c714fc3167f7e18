import { randomUUID } from 'node:crypto';
import { invocationSettings } from '../../adapters/aws/invocations.ts';
import { lambdaRestoreRequests } from '../../adapters/aws/restore-requests.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { identifiers } from '../../adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { postgresGrantLease } from '../../adapters/postgres/grant-lease.ts';
import { postgresGrantWork } from '../../adapters/postgres/grant-work.ts';
import { postgresIssuanceLedger } from '../../adapters/postgres/issuance-ledger.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import {
  BACKGROUND_DATABASE,
  CONNECT_WAIT_MS,
  GATE_CONNECT_WAIT_MS,
  GATE_TIMEOUT_MS,
  GRANT_SETTINGS,
  PUBLISH_BUDGET_MS,
  RESTORE_SETTINGS,
} from '../../config/limits.ts';
import { faultReport, newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { closedGateLookup } from '../../domain/closed-gate.ts';
import type { IssueDependencies } from '../../domain/issue-coupon.ts';
import { issueCoupon } from '../../domain/issue-coupon.ts';
import { openDatabase } from '../../wiring/database.ts';
import { openClaimLog } from '../../wiring/kafka.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { settingNames } from './config.ts';
import { grantHandler } from './handler.ts';
import { workOnGrants } from './work-on-grants.ts';

const settings = readSettings(process.env, settingNames);
const logger = newLogger('grant');
const onFault = faultReport(logger);

const valkey = openValkey(settings, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, BACKGROUND_DATABASE, onFault);
const issuing: IssueDependencies = {
  gate: valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS),
  log: openClaimLog(settings, 'grant', onFault),
  ledger: postgresIssuanceLedger(database),
  coupons: closedGateLookup(
    postgresCouponLedger(database),
    lambdaRestoreRequests(invocationSettings(settings.restoreFunctionName, process.env)),
    systemClock,
    RESTORE_SETTINGS.forgetAfterMs,
    onFault,
  ),
  identifiers: identifiers(settings.issuanceIdSecret),
  clock: systemClock,
  connectWaitMs: CONNECT_WAIT_MS,
  publishBudgetMs: PUBLISH_BUDGET_MS,
  onFault,
};

/** Invoked by the schedule, and by the manage function when a grant was created. */
export const handler = grantHandler({
  logger,
  work: () =>
    workOnGrants({
      work: postgresGrantWork(database),
      lease: postgresGrantLease(database),
      issue: (claim) => issueCoupon(claim, issuing),
      clock: systemClock,
      holder: randomUUID(),
      settings: GRANT_SETTINGS,
      onFault,
    }),
});
