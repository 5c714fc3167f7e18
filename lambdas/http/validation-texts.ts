import type * as z from 'zod';
import { hasTranslation, translate } from './schema-messages.ts';
import type { Text } from './text.ts';

/** What is wrong, in both languages: never zod's own words, which are English and quote types. */
export function textOf(issue: z.core.$ZodIssue, value: unknown): Text {
  if (value === undefined && issue.path.length === 0) {
    return { en: 'A JSON body is needed.', ko: 'JSON 본문이 필요합니다.' };
  }
  if (value === undefined && issue.code !== 'custom') {
    return { en: 'This field is required.', ko: '필수 항목입니다.' };
  }
  const own = issue.code === 'custom' ? ownText(issue.params) : undefined;
  if (own !== undefined) return own;
  if (hasTranslation(issue.message)) return translate(issue.message);
  switch (issue.code) {
    case 'invalid_type':
      return ofType(issue.expected);
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_format':
      return ofFormat(issue.format);
    case 'not_multiple_of':
      return {
        en: `Must be a multiple of ${issue.divisor}.`,
        ko: `${issue.divisor}의 배수여야 합니다.`,
      };
    case 'invalid_union':
      return {
        en: 'Has none of the forms that are allowed here.',
        ko: '여기에 허용되는 형식이 아닙니다.',
      };
    case 'unrecognized_keys':
      return { en: 'There is no such field.', ko: '없는 필드입니다.' };
    default:
      return { en: 'Is not valid.', ko: '올바르지 않습니다.' };
  }
}

/** Of a check that says it in both languages by itself. */
function ownText(parameters: Readonly<Record<string, unknown>> | undefined): Text | undefined {
  const { en, ko } = parameters ?? {};
  return typeof en === 'string' && typeof ko === 'string' ? { en, ko } : undefined;
}

const TYPES: Readonly<Record<string, Text>> = {
  string: { en: 'Must be a text.', ko: '문자열이어야 합니다.' },
  number: { en: 'Must be a number.', ko: '숫자여야 합니다.' },
  int: { en: 'Must be a whole number.', ko: '정수여야 합니다.' },
  boolean: { en: 'Must be true or false.', ko: 'true 또는 false여야 합니다.' },
  array: { en: 'Must be a list.', ko: '목록이어야 합니다.' },
  object: { en: 'Must be an object.', ko: '객체여야 합니다.' },
  null: { en: 'Must be null.', ko: 'null이어야 합니다.' },
};

function ofType(expected: string): Text {
  return TYPES[expected] ?? { en: 'Has the wrong type.', ko: '자료형이 올바르지 않습니다.' };
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Text {
  const n = String(minimum);
  if (origin === 'string' && n === '1') {
    return { en: 'Must not be empty.', ko: '비어 있을 수 없습니다.' };
  }
  if (origin === 'string') {
    return { en: `Must have at least ${n} characters.`, ko: `${n}자 이상이어야 합니다.` };
  }
  if (isCollection(origin)) {
    return { en: `Must have at least ${n} entries.`, ko: `항목이 ${n}개 이상이어야 합니다.` };
  }
  return inclusive === false
    ? { en: `Must be more than ${n}.`, ko: `${n}보다 커야 합니다.` }
    : { en: `Must be at least ${n}.`, ko: `${n} 이상이어야 합니다.` };
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Text {
  const n = String(maximum);
  if (origin === 'string') {
    return { en: `Must have at most ${n} characters.`, ko: `${n}자 이하여야 합니다.` };
  }
  if (isCollection(origin)) {
    return { en: `Must have at most ${n} entries.`, ko: `항목이 ${n}개 이하여야 합니다.` };
  }
  return inclusive === false
    ? { en: `Must be less than ${n}.`, ko: `${n}보다 작아야 합니다.` }
    : { en: `Must be at most ${n}.`, ko: `${n} 이하여야 합니다.` };
}

function isCollection(origin: string): boolean {
  return ['array', 'set', 'map', 'object'].includes(origin);
}

/** A list of time zones is no help. */
const MAX_NAMED = 20;

function oneOf(values: readonly unknown[]): Text {
  if (values.length > MAX_NAMED) {
    return { en: 'Is not one of the allowed values.', ko: '허용되는 값이 아닙니다.' };
  }
  const names = values.map(String).join(', ');
  return values.length === 1
    ? { en: `Must be ${names}.`, ko: `${names}여야 합니다.` }
    : { en: `Must be one of: ${names}.`, ko: `다음 중 하나여야 합니다: ${names}` };
}

function ofFormat(format: string): Text {
  if (format === 'datetime') {
    return {
      en: 'Must be an RFC 3339 time with its offset, like 2026-11-27T00:00:00Z.',
      ko: '2026-11-27T00:00:00Z처럼 시간대가 있는 RFC 3339 형식의 시각이어야 합니다.',
    };
  }
  return { en: 'Has the wrong format.', ko: '형식이 올바르지 않습니다.' };
}
