import { labelOf, reasonText } from './notification-figures.ts';
import type { Language, NotificationToSend } from './notification.ts';

/** Who reads a text, and where. */
export interface Reading {
  readonly language: Language;
  /** `owner` reads the secret code of the issuance; nobody else does. */
  readonly reader: 'owner' | 'others';
  /** The figures stand elsewhere, so `{{figures}}` is nothing. */
  readonly figuresApart?: boolean;
}

/** Figures that a text may name one by one. */
const FIGURES = [
  'quantity',
  'issued',
  'redeemed',
  'expired',
  'revoked',
  'remaining',
  'count',
  'reason',
] as const;

/** Everything that a text may name. */
export const PLACEHOLDERS = [
  'couponId',
  'couponName',
  'occurredAt',
  'issuanceId',
  'userId',
  'code',
  'validUntil',
  'orderId',
  'figures',
  ...FIGURES,
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

export function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

/** What stands for a placeholder; nothing where there is no such fact. One line, but for `figures`. */
export function valueOf(
  name: Placeholder,
  { facts, occurredAt }: NotificationToSend,
  { language, reader, figuresApart = false }: Reading,
): string {
  const { issuance, figures = {} } = facts;
  switch (name) {
    case 'couponId':
      return oneLine(facts.couponId);
    case 'couponName':
      return oneLine(facts.couponName);
    case 'occurredAt':
      return timeText(occurredAt, language);
    case 'issuanceId':
      return oneLine(issuance?.id ?? '');
    case 'userId':
      return oneLine(issuance?.userId ?? '');
    case 'code':
      return reader === 'owner' ? oneLine(issuance?.code ?? '') : '';
    case 'validUntil':
      return issuance === undefined ? '' : timeText(issuance.validUntil, language);
    case 'orderId':
      return oneLine(issuance?.orderId ?? '');
    case 'figures':
      return figureLines(figuresApart ? {} : figures, language)
        .map(([label, value]) => `${label}: ${value}`)
        .join('\n');
    default:
      return figures[name] === undefined ? '' : figureText(name, figures[name], language);
  }
}

/** Each figure with its label, in the order in which they are given. */
export function figureLines(
  figures: Readonly<Record<string, number | string>>,
  language: Language,
): readonly (readonly [label: string, value: string])[] {
  return Object.entries(figures).map(([name, value]) => [
    oneLine(labelOf(name, language)),
    figureText(name, value, language),
  ]);
}

function figureText(name: string, value: number | string, language: Language): string {
  if (typeof value === 'string') {
    return oneLine(name === 'reason' ? reasonText(value, language) : value);
  }
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
const SEOUL_OFFSET_MS = 9 * 60 * 60 * 1000;

/**
 * A time with its zone: Seoul's for Korean readers, UTC for others, who may be anywhere.
 *
 * @param time milliseconds since 1970
 */
export function timeText(time: number, language: Language): string {
  // What PostgreSQL calls infinity, and every other time that no calendar has.
  const date = new Date(language === 'ko' ? time + SEOUL_OFFSET_MS : time);
  if (Number.isNaN(date.getTime())) return '-';
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const clock = [date.getUTCHours(), date.getUTCMinutes()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return language === 'ko'
    ? `${year}년 ${month + 1}월 ${day}일 ${clock} (한국 시간)`
    : `${day} ${MONTHS[month] ?? ''} ${year}, ${clock} UTC`;
}

/** Characters that no line has, as they stand in a class of a regular expression: all of `Cc`, and two. */
export const NOT_IN_A_LINE = String.raw`\u0000-\u001F\u007F-\u009F\u2028\u2029`;
const NOT_OF_A_LINE = new RegExp(`[${NOT_IN_A_LINE}]+`, 'g');

/**
 * A value as part of one line: without what ends lines, moves the cursor, or turns around the order
 * in which what follows is read. Names of coupons are anything.
 */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_OF_A_LINE, ' ')
    .replace(/[\u202A-\u202E\u2066-\u2069]/gu, '')
    .trim();
}

/** As many characters as fit, without half of one; what is cut off is seen by its `…`. */
export function cut(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
