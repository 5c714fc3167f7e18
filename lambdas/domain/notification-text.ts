import { MAX_SUBJECT, PLACEHOLDER } from './notification-template.ts';
import { ENGLISH } from './notification-texts/en.ts';
import { KOREAN } from './notification-texts/ko.ts';
import { cut, isPlaceholder, oneLine, valueOf, type Reading } from './notification-values.ts';
import type { Language, NotificationToSend } from './notification.ts';

/** Of a body with all its values; SNS takes 256 KB. */
const MAX_RENDERED_BODY = 20_000;

export interface NotificationText {
  /** One line. */
  readonly subject: string;
  /** Plain text in lines; whoever makes markup of it escapes it. */
  readonly body: string;
}

/** What a notification says: in the words of its coupon, or in those that come with the product. */
export function notificationText(
  notification: NotificationToSend,
  reading: Reading,
): NotificationText {
  const { event, facts, templates } = notification;
  const { language } = reading;
  const template = templates?.[event]?.[language] ?? { en: ENGLISH, ko: KOREAN }[language][event];
  const body = fill(template.body, notification, reading)
    .toWellFormed()
    .replace(OTHER_CONTROLS, ' ');
  // The secret code stands in no subject: a template may be older than the check that refuses it.
  const named = fill(template.subject, notification, { ...reading, reader: 'others' });
  // All that it names may be missing; no channel takes a text of nothing.
  const subject = cut(oneLine(named), MAX_SUBJECT) || facts.couponId;
  return { subject, body: cut(body.trim(), MAX_RENDERED_BODY) || subject };
}

/** All but the ends of lines. */
const OTHER_CONTROLS = /(?!\n)\p{Cc}/gu;

/** In one pass: a value that looks like a placeholder stays what it is. */
function fill(text: string, notification: NotificationToSend, reading: Reading): string {
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    isPlaceholder(name) ? valueOf(name, notification, reading) : whole,
  );
}

/** The body as HTML: paragraphs and lines, and nothing in it that is markup. */
export function htmlOf({ subject, body }: NotificationText, language: Language): string {
  const paragraphs = body
    .split(/\n{2,}/)
    .map((paragraph) => `<p dir="auto">${escaped(paragraph).replaceAll('\n', '<br>\n')}</p>`);
  return [
    `<!doctype html>`,
    `<html lang="${language}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>`,
    `<body style="font-family: sans-serif; line-height: 1.5">`,
    ...paragraphs,
    `</body></html>`,
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
