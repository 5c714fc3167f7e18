import { isPlaceholder, NOT_IN_A_LINE } from './notification-values.ts';
import type { NotificationTemplate } from './notification.ts';

/** Characters (code points). Mail programs show some 80 of a subject. */
export const MAX_SUBJECT = 200;
export const MAX_BODY = 4_000;

/** A name that a value stands for; whether there is such a value is another question. */
export const PLACEHOLDER = /\{\{ *([A-Za-z]*) *\}\}/g;

const OF_NO_LINE = new RegExp(`[${NOT_IN_A_LINE}]`);

/** Something that is wrong with a template, in both languages of the API. */
export interface TemplateFault {
  readonly field: keyof NotificationTemplate;
  readonly en: string;
  readonly ko: string;
}

/** All that is wrong with a template; nothing if it can be used. */
export function templateFaults(template: NotificationTemplate): readonly TemplateFault[] {
  const fields = [
    ['subject', MAX_SUBJECT],
    ['body', MAX_BODY],
  ] as const;
  return fields.flatMap(([field, most]) =>
    textFaults(template[field], field === 'subject', most).map(([en, ko]) => ({ field, en, ko })),
  );
}

type Sentence = readonly [en: string, ko: string];

/** SES puts subjects into its events, and mail programs into what is seen on a locked screen. */
const NO_CODE_IN_A_SUBJECT: Sentence = [
  'Must not name the secret {{code}}.',
  '제목에는 비밀 코드 {{code}}를 쓸 수 없습니다.',
];

function textFaults(text: string, isOneLine: boolean, most: number): Sentence[] {
  const faults: Sentence[] = [];
  if (text.trim() === '') faults.push(['Must not be empty.', '비어 있을 수 없습니다.']);
  if (Array.from(text).length > most) {
    faults.push([`Must have at most ${most} characters.`, `${most}자 이하여야 합니다.`]);
  }
  if (isOneLine && OF_NO_LINE.test(text)) {
    faults.push(['Must be one line.', '한 줄이어야 합니다.']);
  }
  const names = Array.from(text.matchAll(PLACEHOLDER), ([, name = '']) => name);
  for (const name of new Set(names)) {
    if (isOneLine && name === 'code') faults.push(NO_CODE_IN_A_SUBJECT);
    if (isPlaceholder(name)) continue;
    faults.push([`There is no placeholder {{${name}}}.`, `{{${name}}} 자리표시자는 없습니다.`]);
  }
  // A space in its place: the braces before and after it were no pair.
  if (/\{\{|\}\}/.test(text.replace(PLACEHOLDER, ' '))) {
    faults.push([
      'A placeholder is not written as {{name}}.',
      '자리표시자는 {{name}} 형식으로 써야 합니다.',
    ]);
  }
  return faults;
}
