import type { Channel, CouponNotifications, NotificationEvent } from './notification.ts';
import { OPERATOR_EVENTS } from './notification.ts';

/** What an operator chose without the words: who is told of what, and by which channels. */
export type NotificationChoice = Omit<CouponNotifications, 'templates'>;

/** The channels by which an event is told; none where nobody is. */
export function channelsOf(
  choice: NotificationChoice | undefined,
  event: NotificationEvent,
): readonly Channel[] {
  const ofOperators = (OPERATOR_EVENTS as readonly NotificationEvent[]).includes(event);
  const chosen = ofOperators ? choice?.operators : choice?.users;
  const events: readonly NotificationEvent[] = chosen?.events ?? [];
  return events.includes(event) ? (chosen?.channels ?? []) : [];
}

export const DEFAULT_REMIND_HOURS = 24;
const HOUR_MS = 60 * 60 * 1000;

/** How long before the end of its validity the owner of an issuance is reminded. Milliseconds. */
export function remindMsOf(choice: NotificationChoice | undefined): number {
  return (choice?.users?.remindHoursBefore ?? DEFAULT_REMIND_HOURS) * HOUR_MS;
}

/** The channels that are named and not among these. */
export function missingChannels(
  { users, operators }: NotificationChoice,
  channels: readonly Channel[],
): Channel[] {
  const named = new Set<Channel>([...(users?.channels ?? []), ...(operators?.channels ?? [])]);
  return [...named].filter((channel) => !channels.includes(channel));
}

/** Whatever the order in which a database keeps the fields. */
export function isSameChoice(
  one: CouponNotifications | undefined,
  other: CouponNotifications | undefined,
): boolean {
  return one === other || JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]),
  );
}

/** For the audit: of templates only their names, for a page of their words would be too long. */
export function summaryOf(notifications: CouponNotifications | undefined): unknown {
  if (notifications === undefined) return null;
  const { templates = {}, ...choice } = notifications;
  const names = Object.entries(templates).flatMap(([event, byLanguage]) =>
    Object.keys(byLanguage).map((language) => `${event}.${language}`),
  );
  return names.length === 0 ? choice : { ...choice, templates: names };
}
