import { noBody } from '../../api/fields.ts';
import { quarantineQuery } from '../../api/quarantine.ts';
import type { QuarantineLog } from '../../domain/quarantine-log.ts';
import { json, problem } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import { pageOf } from '../../http/page.ts';
import { validate, validateQuery } from '../../http/validation.ts';
import { idCursor, isRowId, readIdCursor } from './id-page.ts';
import { viewQuarantinedRecord } from './quarantine-view.ts';

/** `GET /v1/quarantine?reason=&discarded=&limit=&cursor=`, the newest first. */
export function listQuarantineEndpoint(log: QuarantineLog): Endpoint {
  return async ({ request }) => {
    const query = validateQuery(quarantineQuery, request);
    if (!query.ok) return query.answer;
    const { reason, discarded, limit, cursor } = query.value;
    const reading = readIdCursor(cursor);
    if (!reading.ok) return reading.answer;
    const after = reading.place;
    // One more than asked for tells whether there is a next page.
    const found = await log.listQuarantine({ reason, discarded, after, limit: limit + 1 });
    return json(200, pageOf(found, limit, viewQuarantinedRecord, idCursor));
  };
}

/** `POST /v1/quarantine/{quarantineId}/discard`: once; again it shows who did it first. */
export function discardQuarantinedEndpoint(log: QuarantineLog): Endpoint {
  return async (call) => {
    const { quarantineId = '' } = call.parameters;
    if (!isRowId(quarantineId)) return problem('not_found');
    const validation = validate(noBody, call.body);
    if (!validation.ok) return validation.answer;
    const record = await log.discard(quarantineId, actorOf(call));
    return record === undefined ? problem('not_found') : json(200, viewQuarantinedRecord(record));
  };
}
