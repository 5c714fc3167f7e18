import { knownBug, type Defence } from './defence.ts';

/** One for each row of the matrix, in any order. */
export const defences: readonly Defence[] = [
  {
    row: '12',
    bug: knownBug('A publish that timed out gives its unit back'),
  },
];
