import type { FaultRow } from './bench/row.ts';
import { valkeyRows } from './rows/valkey.ts';

/** A row that can't be tried on this machine. */
export interface RowNotHere {
  readonly id: string;
  readonly title: string;
  readonly why: string;
}

export const rowsNotHere: readonly RowNotHere[] = [
  {
    id: '34',
    title: 'SES, SNS or Slack answer 500 or hang',
    why: 'Nothing is sent yet: the outbox is written, and its messages wait.',
  },
];

export const allRows: readonly FaultRow[] = [...valkeyRows];
