import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { newCouponId } from '../../adapters/crypto/identifiers.ts';
import { servedFile, servedText } from '../../adapters/files/served-files.ts';
import { tokenAuthenticator } from '../../adapters/jose/token-authenticator.ts';
import { kafkaLogPositions } from '../../adapters/kafka/kafka-log-positions.ts';
import { postgresCouponLedger } from '../../adapters/postgres/coupon-ledger.ts';
import { connectDatabase } from '../../adapters/postgres/database.ts';
import { postgresIdempotencyStore } from '../../adapters/postgres/idempotency-store.ts';
import { postgresRestoreLeases } from '../../adapters/postgres/restore-leases.ts';
import { postgresRestoreLedger } from '../../adapters/postgres/restore-ledger.ts';
import { valkeyCouponCache } from '../../adapters/valkey/coupon-cache.ts';
import { valkeyRateLimiter } from '../../adapters/valkey/rate-limiter.ts';
import { valkeyStockGate } from '../../adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../adapters/valkey/valkey-client.ts';
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
import { restoreGate } from '../../domain/restore-gate.ts';
import { PROGRAM_FILE, START_SCRIPT, STYLE_FILE } from '../../http/docs-page.ts';
import { httpHandler } from '../../http/http-handler.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { createCoupon } from './create-coupon.ts';
import {
  docsAssetEndpoint,
  docsEndpoint,
  openApiEndpoint,
  problemEndpoint,
} from './documents-endpoints.ts';
import { createCouponEndpoint, getCouponEndpoint, listCouponsEndpoint } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
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

/** Answers all paths that are not the issue or the redeem function's. */
export const handler = httpHandler({
  logger,
  authenticate: tokenAuthenticator(settings),
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
          onFault,
          restore: (couponId) =>
            restoreGate(couponId, { ...restoreDependencies, holder: randomUUID() }),
        }),
      now,
    ),
    getCoupon: getCouponEndpoint(valkeyCouponCache(valkey, systemClock, onFault), ledger, now),
    listCoupons: listCouponsEndpoint(ledger),
  },
});
