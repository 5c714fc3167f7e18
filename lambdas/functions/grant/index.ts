import { randomUUID } from 'node:crypto';
import { awsAccess } from '../../adapters/aws/access.ts';
import { lambdaRestoreRequests } from '../../adapters/aws/restore-requests.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
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
import { faultReport, newLogger, workFaultReport } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { closedGateLookup } from '../../domain/closed-gate.ts';
import { issueCoupon } from '../../domain/issue-coupon.ts';
import { measureGate, measureLog } from '../../domain/measured-ports.ts';
import { openDatabase } from '../../wiring/database.ts';
import { findIdentifiers } from '../../wiring/identifiers.ts';
import { openClaimLog } from '../../wiring/kafka.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { grantHandler } from './handler.ts';
import { workOnGrants } from './work-on-grants.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('grant');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'grant', onFault);
const onWorkFault = workFaultReport(logger, meter.countUnexpected);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, BACKGROUND_DATABASE, onFault);
const identified = findIdentifiers(settings, aws);
const issuing = {
  gate: measureGate(valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS), meter, systemClock),
  log: measureLog(openClaimLog(settings, aws, 'grant', onFault), meter, systemClock),
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

/** Invoked by the schedule, and by the manage function when a grant was created. */
export const handler = meter.afterRuns(
  grantHandler({
    logger,
    work: async () => {
      const dependencies = { ...issuing, identifiers: await identified() };
      return workOnGrants({
        work: postgresGrantWork(database),
        lease: postgresGrantLease(database),
        issue: (claim) => issueCoupon(claim, dependencies),
        clock: systemClock,
        holder: randomUUID(),
        settings: GRANT_SETTINGS,
        onFault: onWorkFault,
      });
    },
  }),
);
