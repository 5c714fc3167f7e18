import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awsAccess } from '../../adapters/aws/access.ts';
import { lambdaGrantRequests } from '../../adapters/aws/grant-requests.ts';
import { lambdaRestoreRequests } from '../../adapters/aws/restore-requests.ts';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { newCouponId, newGrantId } from '../../adapters/crypto/identifiers.ts';
import { servedFile, servedText } from '../../adapters/files/served-files.ts';
import { tokenAuthenticator } from '../../adapters/jose/token-authenticator.ts';
import { postgresAuditLog } from '../../adapters/postgres/audit-log.ts';
import { postgresCouponChanges } from '../../adapters/postgres/coupon-changes.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { postgresErasureLedger } from '../../adapters/postgres/erasure-ledger.ts';
import { postgresExportLedger } from '../../adapters/postgres/export-ledger.ts';
import { postgresGrantLedger } from '../../adapters/postgres/grant-ledger.ts';
import { postgresIdempotencyStore } from '../../adapters/postgres/idempotency-store.ts';
import { postgresNotificationLog } from '../../adapters/postgres/notification-log.ts';
import { postgresQuarantineLog } from '../../adapters/postgres/quarantine-log.ts';
import { postgresRestoreLeases } from '../../adapters/postgres/restore-leases.ts';
import { postgresRestoreLedger } from '../../adapters/postgres/restore-ledger.ts';
import { postgresStatsLedger } from '../../adapters/postgres/stats-ledger.ts';
import { valkeyCouponCache } from '../../adapters/valkey/coupon-cache.ts';
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
import { readChannels } from '../../config/notify-channels.ts';
import { readSettings } from '../../config/settings.ts';
import { changeCoupon } from '../../domain/change-coupon.ts';
import { readStats } from '../../domain/coupon-stats.ts';
import { openFirstGate } from '../../domain/open-first-gate.ts';
import { PROGRAM_FILE, START_SCRIPT, STYLE_FILE } from '../../http/docs-page.ts';
import { httpHandler } from '../../http/http-handler.ts';
import { openDatabase } from '../../wiring/database.ts';
import { findIdentifiers } from '../../wiring/identifiers.ts';
import { openMeter } from '../../wiring/meter.ts';
import { openValkey } from '../../wiring/valkey.ts';
import { listAuditEndpoint } from './audit-endpoints.ts';
import type { Change } from './change-endpoints.ts';
import { controlCouponEndpoint, patchCouponEndpoint } from './change-endpoints.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { createCoupon } from './create-coupon.ts';
import { createGrant } from './create-grant.ts';
import {
  docsAssetEndpoint,
  docsEndpoint,
  openApiEndpoint,
  problemEndpoint,
} from './documents-endpoints.ts';
import { eraseUser } from './erase-user.ts';
import { eraseUserEndpoint } from './erasure-endpoints.ts';
import { exportIssuancesEndpoint } from './export-endpoints.ts';
import { createGrantEndpoint, getGrantEndpoint } from './grant-endpoints.ts';
import { createCouponEndpoint, getCouponEndpoint, listCouponsEndpoint } from './handler.ts';
import { decideNotificationEndpoint, listNotificationsEndpoint } from './notification-endpoints.ts';
import { discardQuarantinedEndpoint, listQuarantineEndpoint } from './quarantine-endpoints.ts';
import { couponStatsEndpoint } from './stats-endpoints.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const logger = newLogger('manage');
const onFault = faultReport(logger);
const meter = openMeter(process.env, 'manage', onFault);
const aws = awsAccess(process.env);

const valkey = openValkey(settings, aws, GATE_TIMEOUT_MS, onFault);
const database = openDatabase(settings, aws, HTTP_DATABASE, onFault);
const ledger = postgresCouponLedger(database);
const restoreLedger = postgresRestoreLedger(database);
const gate = valkeyStockGate(valkey, GATE_CONNECT_WAIT_MS);
const cache = valkeyCouponCache(valkey, systemClock, onFault);
// What takes the log to build a gate is the restore function's: Kafka's client is a large one.
const restores = lambdaRestoreRequests(aws, settings.restoreFunctionName);
const openGate = async (couponId: string): Promise<boolean> => {
  const isOpened = await openFirstGate(couponId, {
    gate,
    ledger: restoreLedger,
    leases: postgresRestoreLeases(database),
    holder: randomUUID(),
    settings: RESTORE_SETTINGS,
  });
  if (isOpened) meter.record('GatesOpened', 1);
  return isOpened;
};
const change: Change = (couponId, propose, actor) =>
  changeCoupon(couponId, propose, actor, {
    gate,
    ledger: postgresCouponChanges(database),
    cache,
    restores,
    settings: RESTORE_SETTINGS,
    onFault,
  });
const statsDependencies = {
  ledger: postgresStatsLedger(database),
  gate,
  forgetAfterMs: RESTORE_SETTINGS.forgetAfterMs,
  onFault,
};

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const userInterface = join(repository, 'node_modules/swagger-ui-dist');
const docsFiles = {
  style: servedFile(join(process.env['DOCS_DIR'] ?? userInterface, STYLE_FILE)),
  program: servedFile(join(process.env['DOCS_DIR'] ?? userInterface, PROGRAM_FILE)),
  start: servedText(START_SCRIPT),
};
const openApi = servedFile(
  join(process.env['DOCS_DIR'] ?? join(repository, 'docs'), 'openapi.json'),
);
const identified = findIdentifiers(settings, aws);
const grantDependencies = {
  ledger: postgresGrantLedger(database),
  requests: lambdaGrantRequests(aws, settings.grantFunctionName),
  onFault,
};
const erasureDependencies = {
  ledger: postgresErasureLedger(database),
  gate,
  gatedCouponIds: () => restoreLedger.couponIdsEndingSince(RESTORE_SETTINGS.forgetAfterMs),
};
const quarantine = postgresQuarantineLog(database);
const notifications = postgresNotificationLog(database);
const channels = readChannels(settings.notifyChannels);

/** Answers all paths that are not the issue or the redeem function's. */
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
    publicEndpoints: {
      getOpenApi: openApiEndpoint(openApi),
      getDocs: docsEndpoint(docsFiles),
      getDocsAsset: docsAssetEndpoint(docsFiles),
      getProblem: problemEndpoint(),
    },
    endpoints: {
      createCoupon: createCouponEndpoint(
        (definition, actor, id) =>
          createCoupon(definition, actor, {
            ledger,
            newCouponId: () => id ?? newCouponId(),
            openGate,
            restores,
            onFault,
          }),
        channels,
      ),
      getCoupon: getCouponEndpoint(cache, ledger),
      listCoupons: listCouponsEndpoint(ledger),
      changeCoupon: patchCouponEndpoint(change, channels),
      pauseCoupon: controlCouponEndpoint('pause', change),
      resumeCoupon: controlCouponEndpoint('resume', change),
      closeCoupon: controlCouponEndpoint('close', change),
      getCouponStats: couponStatsEndpoint((couponId) => readStats(couponId, statsDependencies)),
      createGrant: createGrantEndpoint(
        async (list, actor) =>
          createGrant(list, actor, { ...grantDependencies, identifiers: await identified() }),
        (call) => call.idempotentId('grant') ?? newGrantId(),
      ),
      getGrant: getGrantEndpoint(grantDependencies.ledger),
      exportIssuances: exportIssuancesEndpoint(postgresExportLedger(database)),
      listAudit: listAuditEndpoint(postgresAuditLog(database)),
      listQuarantine: listQuarantineEndpoint(quarantine),
      discardQuarantined: discardQuarantinedEndpoint(quarantine),
      listNotifications: listNotificationsEndpoint(notifications),
      replayNotification: decideNotificationEndpoint('replay', notifications),
      discardNotification: decideNotificationEndpoint('discard', notifications),
      eraseUser: eraseUserEndpoint(async (userId, actor) =>
        eraseUser(userId, actor, { ...erasureDependencies, identifiers: await identified() }),
      ),
    },
  }),
);
