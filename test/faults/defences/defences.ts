import { aroundDefences } from './around.ts';
import type { Defence } from './defence.ts';
import { functionsDefences } from './functions.ts';
import { kafkaLeaderDefences } from './kafka-leader.ts';
import { kafkaDefences } from './kafka.ts';
import { postgresDefences } from './postgres.ts';
import { valkeyDefences } from './valkey.ts';

/** One for each row of the matrix, in any order. */
export const defences: readonly Defence[] = [
  ...valkeyDefences,
  ...kafkaDefences,
  ...kafkaLeaderDefences,
  ...functionsDefences,
  ...postgresDefences,
  ...aroundDefences,
];
