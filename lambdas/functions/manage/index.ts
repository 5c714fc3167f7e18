import { randomUUID } from 'node:crypto';
import { lambdaGrantRequests } from '../../adapters/aws/grant-requests.ts';
import { invocationSettings } from '../../adapters/aws/invocations.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { identifiers, newCouponId, newGrantId } from '../../adapters/crypto/identifiers.ts';
import { tokenAuthenticator } from '../../adapters/jose/token-authenticator.ts';
import { kafkaLogPositions } from '../../adapters/kafka/kafka-log-positions.ts';
import { postgresAuditLog } from '../../adapters/postgres/audit-log.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { connectDatabase } from '../../adapters/postgres/database.ts';
import { postgresErasureLedger } from '../../adapters/postgres/erasure-ledger.ts';
import { postgresExportLedger } from '../../adapters/postgres/export-ledger.ts';
import { postgresGrantLedger } from '../../adapters/postgres/grant-ledger.ts';
import { postgresQuarantineLog } from '../../adapters/postgres/quarantine-log.ts';
import { postgresRestoreLeases } from '../../adapters/postgres/restore-leases.ts';
import { postgresRestoreLedger } from '../../adapters/postgres/restore-ledger.ts';
import { valkeyCouponCache } from '../../adapters/valkey/coupon-cache.ts';
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
import { restoreGate } from '../../domain/restore-gate.ts';
import { httpHandler } from '../../http/http-handler.ts';
import { listAuditEndpoint } from './audit-endpoints.ts';
import { settingNames } from './config.ts';
import { createCoupon } from './create-coupon.ts';
import { createGrant } from './create-grant.ts';
import { eraseUser } from './erase-user.ts';
import { eraseUserEndpoint } from './erasure-endpoints.ts';
import { exportIssuancesEndpoint } from './export-endpoints.ts';
import { createGrantEndpoint, getGrantEndpoint } from './grant-endpoints.ts';
import { createCouponEndpoint, getCouponEndpoint, listCouponsEndpoint } from './handler.ts';
import { discardQuarantinedEndpoint, listQuarantineEndpoint } from './quarantine-endpoints.ts';

const settings = readSettings(process.env, settingNames);
const logger = newLogger('manage');
const onFault = faultReport(logger);
const now = (): number => systemClock.now();

const valkey = connectValkey(
  { url: settings.valkeyUrl, commandTimeoutMs: GATE_TIMEOUT_MS },
  (error) => {
    onFault('valkey', error);
  },
);
const database = connectDatabase({ url: settings.databaseUrl, ...HTTP_DATABASE }, (error) => {
  onFault('postgres', error);
});
const ledger = postgresCouponLedger(database);
const restoreDependencies = {
  gate: valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS),
  ledger: postgresRestoreLedger(database),
  leases: postgresRestoreLeases(database),
  log: kafkaLogPositions(
    { brokers: settings.brokers.split(','), clientId: 'manage' },
    settings.topic,
    settings.recordGroup,
  ),
  clock: systemClock,
  // A caller waits: what a new coupon's gate needs is a moment, the schedule does the rest.
  settings: { ...RESTORE_SETTINGS, drainMs: 0 },
};

const grantDependencies = {
  ledger: postgresGrantLedger(database),
  identifiers: identifiers(settings.issuanceIdSecret),
  requests: lambdaGrantRequests(invocationSettings(settings.grantFunctionName, process.env)),
  onFault,
};
const erasureDependencies = {
  ledger: postgresErasureLedger(database),
  gate: restoreDependencies.gate,
  identifiers: grantDependencies.identifiers,
  gatedCouponIds: () =>
    restoreDependencies.ledger.couponIdsEndingSince(RESTORE_SETTINGS.forgetAfterMs),
};
const quarantine = postgresQuarantineLog(database);

/** Answers all paths that are not the issue or the redeem function's. */
export const handler = httpHandler({
  logger,
  authenticate: tokenAuthenticator(settings),
  endpoints: {
    createCoupon: createCouponEndpoint(
      (definition, actor) =>
        createCoupon(definition, actor, {
          ledger,
          newCouponId,
          onFault,
          restore: (couponId) =>
            restoreGate(couponId, { ...restoreDependencies, holder: randomUUID() }),
        }),
      now,
    ),
    getCoupon: getCouponEndpoint(valkeyCouponCache(valkey, systemClock, onFault), ledger, now),
    listCoupons: listCouponsEndpoint(ledger),
    createGrant: createGrantEndpoint(
      (list, actor) => createGrant(list, actor, grantDependencies),
      newGrantId,
    ),
    getGrant: getGrantEndpoint(grantDependencies.ledger),
    exportIssuances: exportIssuancesEndpoint(postgresExportLedger(database)),
    listAudit: listAuditEndpoint(postgresAuditLog(database)),
    listQuarantine: listQuarantineEndpoint(quarantine),
    discardQuarantined: discardQuarantinedEndpoint(quarantine),
    eraseUser: eraseUserEndpoint((userId, actor) => eraseUser(userId, actor, erasureDependencies)),
  },
});
