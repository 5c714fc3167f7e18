import type { Page } from '../api/pages.ts';
import type { Options } from '../command.ts';
import { toned, type Line } from '../output/line.ts';

/** Of every list. */
export const pageOptions = {
  limit: { type: 'string', value: 'N', help: 'so many at once, at most 100' },
  cursor: { type: 'string', value: 'CURSOR', help: 'go on where another page ended' },
  all: { type: 'boolean', help: 'all pages' },
} as const satisfies Options;

/** How to see the rest, if there is one. */
export function moreLines({ nextCursor }: Page): Line[] {
  return nextCursor === null ? [] : [[toned('dim', `more with --cursor ${nextCursor}, or --all`)]];
}
