import { knownBug, type Defence } from './defence.ts';

export const kafkaLeaderDefences: readonly Defence[] = [
  { row: '17c', bug: knownBug('The leader’s acknowledgement alone is enough') },
];
