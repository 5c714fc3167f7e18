import * as z from 'zod';
import { exportQuery } from '../../api/export.ts';
import { issuanceId } from '../../api/fields.ts';
import type { ExportPlace } from '../../domain/export.ts';
import type { Answer } from '../../http/answer.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import type { HttpRequest } from '../../http/http-request.ts';
import { validateQuery } from '../../http/validation.ts';
import { isRowId } from './id-page.ts';

export interface ExportPage {
  readonly format: 'json' | 'csv';
  readonly limit: number;
  /** Of a further page: the export that it belongs to, and where it begins. */
  readonly further: { readonly exportId: string; readonly after: ExportPlace } | undefined;
}

export type ExportPageReading =
  | { readonly ok: true; readonly page: ExportPage }
  | { readonly ok: false; readonly answer: Answer };

const place = z.tuple([z.string().refine(isRowId), z.int32().min(1), issuanceId]);

/** Reads `?format=&limit=&cursor=`. */
export function readExportPage(request: HttpRequest): ExportPageReading {
  const query = validateQuery(exportQuery, request);
  if (!query.ok) return query;
  const { format, limit, cursor } = query.value;
  const reading = decodeCursor(cursor, place);
  if (!reading.ok) return reading;
  if (reading.place === undefined) return { ok: true, page: { format, limit, further: undefined } };
  const [exportId, sequence, id] = reading.place;
  const further = { exportId, after: { sequence, id } };
  return { ok: true, page: { format, limit, further } };
}

export function exportCursor(exportId: string, { sequence, id }: ExportPlace): string {
  return encodeCursor([exportId, sequence, id]);
}
