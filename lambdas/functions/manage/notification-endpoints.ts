import { noBody } from '../../api/fields.ts';
import { notificationQuery } from '../../api/notifications.ts';
import type { NotificationLog } from '../../domain/notification-ledger.ts';
import { json, problem } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import { pageOf } from '../../http/page.ts';
import { validate, validateQuery } from '../../http/validation.ts';
import { idCursor, isRowId, readIdCursor } from './id-page.ts';
import { viewDecision, viewNotification } from './notification-view.ts';

/** `GET /v1/notifications?state=&channel=&couponId=&limit=&cursor=`, the newest first. */
export function listNotificationsEndpoint(log: NotificationLog): Endpoint {
  return async ({ request }) => {
    const query = validateQuery(notificationQuery, request);
    if (!query.ok) return query.answer;
    const { state, channel, couponId, limit, cursor } = query.value;
    const reading = readIdCursor(cursor);
    if (!reading.ok) return reading.answer;
    const after = reading.place;
    // One more than asked for tells whether there is a next page.
    const found = await log.list({ state, channel, couponId, after, limit: limit + 1 });
    return json(200, pageOf(found, limit, viewNotification, idCursor));
  };
}

/** `POST /v1/notifications/{notificationId}/replay` and `/discard`: again, the same answer. */
export function decideNotificationEndpoint(
  verb: 'replay' | 'discard',
  log: NotificationLog,
): Endpoint {
  return async (call) => {
    const { notificationId = '' } = call.parameters;
    if (!isRowId(notificationId)) return problem('notification_not_found');
    const validation = validate(noBody, call.body);
    if (!validation.ok) return validation.answer;
    return viewDecision(await log[verb](notificationId, actorOf(call)));
  };
}
