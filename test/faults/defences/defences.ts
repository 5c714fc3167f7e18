import type { Defence } from './defence.ts';
import { kafkaDefences } from './kafka.ts';
import { valkeyDefences } from './valkey.ts';

/** One for each row of the matrix, in any order. */
export const defences: readonly Defence[] = [...valkeyDefences, ...kafkaDefences];
