import { isCouponId } from '../../domain/coupon.ts';
import type { ExportedIssuance, ExportLedger } from '../../domain/export.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import { csvType } from '../../http/csv.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import { pageOf } from '../../http/page.ts';
import type { ExportPage } from './export-page.ts';
import { exportCursor, readExportPage } from './export-page.ts';
import { csvHeader, csvLineOf, viewExported } from './export-view.ts';

/**
 * `GET /v1/coupons/{couponId}/issuances?format=&limit=&cursor=`. The first page is noted in the
 * audit, and no other is to be had without it.
 */
export function exportIssuancesEndpoint(ledger: ExportLedger): Endpoint {
  return async (call) => {
    const { couponId = '' } = call.parameters;
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    const reading = readExportPage(call.request);
    if (!reading.ok) return reading.answer;
    const { page } = reading;
    const { format, limit, further } = page;

    const actor = actorOf(call);
    const exportId = further?.exportId ?? (await ledger.beginExport(couponId, actor, { format }));
    if (exportId === undefined) return problem('coupon_not_found');
    if (further && !(await ledger.hasBegun(exportId, couponId, actor))) {
      return problem('invalid_cursor');
    }
    // One more than asked for tells whether there is a next page.
    const query = { couponId, limit: limit + 1, after: further?.after };
    return toAnswer(couponId, exportId, page, await ledger.listIssuances(query));
  };
}

function toAnswer(
  couponId: string,
  exportId: string,
  { format, limit, further }: ExportPage,
  found: readonly ExportedIssuance[],
): Answer {
  const cursorOf = (last: ExportedIssuance): string => exportCursor(exportId, last);
  if (format === 'json') return json(200, pageOf(found, limit, viewExported, cursorOf));
  const { items, nextCursor } = pageOf(found, limit, csvLineOf, cursorOf);
  // On the first page only: the pages one after the other are the whole file.
  const header = further === undefined ? csvHeader : '';
  return {
    kind: 'document',
    contentType: csvType(further === undefined ? 'present' : 'absent'),
    content: header + items.join(''),
    headers: nextCursor === null ? {} : nextPage(couponId, limit, nextCursor),
  };
}

/** For clients that follow links (RFC 8288), and for those that count pages themselves. */
function nextPage(couponId: string, limit: number, cursor: string): Record<string, string> {
  const path = `/v1/coupons/${couponId}/issuances?format=csv&limit=${limit}&cursor=${cursor}`;
  return { link: `<${path}>; rel="next"`, 'x-next-cursor': cursor };
}
