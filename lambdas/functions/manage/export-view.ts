import type * as z from 'zod';
import type { exportedIssuance } from '../../api/export.ts';
import type { ExportedIssuance } from '../../domain/export.ts';
import { csvLine } from '../../http/csv.ts';
import { rfc3339 } from '../../http/rfc3339.ts';

type ExportView = z.input<typeof exportedIssuance>;

/** The names and the order of the CSV's columns. */
const COLUMNS = [
  'id',
  'userId',
  'state',
  'sequence',
  'acceptedAt',
  'issuedAt',
  'validFrom',
  'validUntil',
  'orderId',
  'redeemedAt',
] as const satisfies readonly (keyof ExportView)[];

export const csvHeader = csvLine(COLUMNS);

export function viewExported(issuance: ExportedIssuance): ExportView {
  const { id, userId, state, sequence } = issuance;
  return {
    id,
    userId,
    state,
    sequence,
    acceptedAt: rfc3339(issuance.acceptedAt),
    issuedAt: rfc3339(issuance.issuedAt),
    validFrom: rfc3339(issuance.validFrom),
    validUntil: rfc3339(issuance.validUntil),
    orderId: issuance.orderId,
    redeemedAt: issuance.redeemedAt === null ? null : rfc3339(issuance.redeemedAt),
  };
}

export function csvLineOf(issuance: ExportedIssuance): string {
  const view = viewExported(issuance);
  return csvLine(COLUMNS.map((column) => view[column]));
}
