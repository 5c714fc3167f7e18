import { aroundDefences } from './around.ts';
import { knownBug, type Defence } from './defence.ts';
import { functionsDefences } from './functions.ts';
import { kafkaLeaderDefences } from './kafka-leader.ts';
import { postgresDefences } from './postgres.ts';

/** One for each row of the matrix, in any order. */
export const defences: readonly Defence[] = [
  {
    row: '12',
    bug: knownBug('A publish that timed out gives its unit back'),
  },
  ...kafkaLeaderDefences,
  ...functionsDefences,
  ...postgresDefences,
  ...aroundDefences,
];
