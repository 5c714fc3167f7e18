import type { FaultRow } from './bench/row.ts';
import { aroundChannelsRows } from './rows/around-channels.ts';
import { aroundClockRows } from './rows/around-clock.ts';
import { aroundKeysRows } from './rows/around-keys.ts';
import { aroundLateRows } from './rows/around-late.ts';
import { aroundRandomRows } from './rows/around-random.ts';
import { aroundRebuildRows } from './rows/around-rebuild.ts';
import { aroundUserRows } from './rows/around-user.ts';
import { functionsBatchesRows } from './rows/functions-batches.ts';
import { functionsClockRows } from './rows/functions-clock.ts';
import { functionsFrozenRows } from './rows/functions-frozen.ts';
import { functionsKilledRows } from './rows/functions-killed.ts';
import { functionsPoisonRows } from './rows/functions-poison.ts';
import { kafkaLeaderRows } from './rows/kafka-leader.ts';
import { kafkaStorageRows } from './rows/kafka-storage.ts';
import { kafkaRows } from './rows/kafka.ts';
import { postgresAwayRows } from './rows/postgres-away.ts';
import { postgresFullRows } from './rows/postgres-full.ts';
import { postgresStandbyRows } from './rows/postgres-standby.ts';
import { postgresRows } from './rows/postgres.ts';
import { valkeyFailoverRows } from './rows/valkey-failover.ts';
import { valkeyMemoryRows } from './rows/valkey-memory.ts';
import { valkeyRows } from './rows/valkey.ts';

/** The fault matrix; a test file each. */
export const areas = {
  valkey: [...valkeyRows, ...valkeyMemoryRows, ...valkeyFailoverRows],
  kafka: [...kafkaRows, ...kafkaStorageRows, ...kafkaLeaderRows],
  functions: [
    ...functionsKilledRows,
    ...functionsBatchesRows,
    ...functionsPoisonRows,
    ...functionsClockRows,
    ...functionsFrozenRows,
  ],
  postgres: [...postgresRows, ...postgresAwayRows, ...postgresFullRows, ...postgresStandbyRows],
  around: [
    ...aroundLateRows,
    ...aroundUserRows,
    ...aroundRandomRows,
    ...aroundRebuildRows,
    ...aroundKeysRows,
    ...aroundClockRows,
    ...aroundChannelsRows,
  ],
} as const satisfies Readonly<Record<string, readonly FaultRow[]>>;

/** In the matrix's order: `2`, `2b`, `3` … */
export const allRows: readonly FaultRow[] = Object.values(areas)
  .flat()
  .toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
