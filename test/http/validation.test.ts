import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { couponDefinition, couponQuery } from '../../lambdas/api/coupon.ts';
import { emptyBody } from '../../lambdas/api/fields.ts';
import { json } from '../../lambdas/http/answer.ts';
import { hasTranslation } from '../../lambdas/http/schema-messages.ts';
import { validate, validateQuery } from '../../lambdas/http/validation.ts';
import { bodiesWrongForAll, wrongFields } from '../support/bad-bodies.ts';
import { couponBody } from '../support/coupons.ts';
import { httpFunction, type FunctionReply } from '../support/http-function.ts';

const HANGUL = /[가-힣]/;

interface Part {
  readonly pointer: string;
  readonly detail: string;
}

/** Every kind of thing that zod finds wrong. */
const everything = z.strictObject({
  text: z.string().min(2).max(3),
  filled: z.string().min(1),
  number: z.number().gt(1).lt(9),
  whole: z.int().min(1).max(9),
  even: z.number().multipleOf(2),
  list: z.array(z.string()).min(1).max(2),
  choice: z.enum(['a', 'b']),
  only: z.literal('x'),
  kind: z.discriminatedUnion('type', [
    z.object({ type: z.literal('a') }),
    z.object({ type: z.literal('b') }),
  ]),
  either: z.union([z.string(), z.number()]),
  time: z.iso.datetime(),
  mail: z.email(),
  flag: z.boolean(),
  nothing: z.null(),
  ruled: z.string().refine(() => false),
  told: z.string().refine(() => false, { error: 'words that nobody translated' }),
  map: z.record(z.string().max(1), z.number()),
});

const post = httpFunction({
  endpoints: {
    createCoupon: ({ body }) => Promise.resolve(answer(couponDefinition, body)),
    pauseCoupon: ({ body }) => Promise.resolve(answer(everything, body)),
    closeCoupon: ({ body }) => Promise.resolve(answer(emptyBody, body)),
    listCoupons: ({ request }) => {
      const validation = validateQuery(couponQuery, request);
      return Promise.resolve(validation.ok ? json(200, {}) : validation.answer);
    },
  },
});

function answer(schema: z.ZodType, body: unknown) {
  const validation = validate(schema, body);
  return validation.ok ? json(200, {}) : validation.answer;
}

const send = (path: string, body: unknown, language: string): Promise<FunctionReply> =>
  post({
    method: 'POST',
    path,
    token: 'anna.manage',
    headers: { 'accept-language': language, 'content-type': 'application/json' },
    body,
  });

function partsOf(reply: FunctionReply): Part[] {
  expect([reply.status, reply.json['code']]).toEqual([400, 'invalid_request']);
  return reply.json['errors'] as Part[];
}

/** What is wrong with a body, after both languages were seen to name the same places. */
async function bothLanguages(path: string, body: unknown): Promise<[Part[], Part[]]> {
  const english = partsOf(await send(path, body, 'en'));
  const korean = partsOf(await send(path, body, 'ko-KR'));
  expect(korean.map(({ pointer }) => pointer)).toEqual(english.map(({ pointer }) => pointer));
  expect(english).not.toEqual([]);
  for (const { detail } of english) expect(detail).not.toMatch(HANGUL);
  for (const { detail } of korean) expect(detail).toMatch(HANGUL);
  return [english, korean];
}

describe('what is wrong is said in the language that was asked for', () => {
  it.each(wrongFields)('of a coupon with %s', async (_name, changes, pointers) => {
    const [english] = await bothLanguages('/v1/coupons', couponBody(changes));
    expect(english.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(pointers));
  });

  it.each(bodiesWrongForAll)('of a body that is %s', async (_name, body) => {
    await bothLanguages('/v1/coupons', body);
    await bothLanguages('/v1/coupons/aaaaaaaaaaaa/close', body);
  });

  it.each(['limit=0', 'limit=x', 'state=foo', 'state=', 'limit=%zz'])(
    'of the query %s',
    async (query) => {
      const [name = '', value = ''] = query.split('=');
      for (const [language, isKorean] of [
        ['en', false],
        ['ko', true],
      ] as const) {
        const reply = await post({
          path: '/v1/coupons',
          token: 'anna.use',
          headers: { 'accept-language': language },
          query: { [name]: value },
        });
        const [part] = partsOf(reply);
        expect(part?.pointer).toBe(`?${name}`);
        expect(HANGUL.test(part?.detail ?? '')).toBe(isKorean);
      }
    },
  );
});

it('has words of its own for every kind of issue', async () => {
  const path = '/v1/coupons/aaaaaaaaaaaa/pause';
  const said = async (body: unknown): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await bothLanguages(path, body))[0].map(({ pointer, detail }) => [pointer, detail]),
    );

  expect(await said('')).toEqual({ '': 'A JSON body is needed.' });
  expect(await said('[]')).toEqual({ '': 'Must be an object.' });
  const missing = await said({});
  expect(Object.keys(missing)).toHaveLength(Object.keys(everything.shape).length);
  expect(new Set(Object.values(missing))).toEqual(new Set(['This field is required.']));

  const wrong = { text: 'a', filled: '', number: 1, whole: 0, even: 3, list: [], choice: 'c' };
  const more = { only: 'y', kind: { type: 'c' }, either: true, time: 'now', mail: 'x', flag: 1 };
  const last = { nothing: 0, ruled: '', told: '', map: { ab: 1 }, extra: 1 };
  expect(await said({ ...wrong, ...more, ...last })).toEqual({
    '/text': 'Must have at least 2 characters.',
    '/filled': 'Must not be empty.',
    '/number': 'Must be more than 1.',
    '/whole': 'Must be at least 1.',
    '/even': 'Must be a multiple of 2.',
    '/list': 'Must have at least 1 entries.',
    '/choice': 'Must be one of: a, b.',
    '/only': 'Must be x.',
    '/kind/type': 'Has none of the forms that are allowed here.',
    '/either': 'Has none of the forms that are allowed here.',
    '/time': 'Must be an RFC 3339 time with its offset, like 2026-11-27T00:00:00Z.',
    '/mail': 'Has the wrong format.',
    '/flag': 'Must be true or false.',
    '/nothing': 'Must be null.',
    '/ruled': 'Is not valid.',
    '/told': 'Is not valid.',
    '/map/ab': 'Is not valid.',
    '/extra': 'There is no such field.',
  });
  expect(
    await said({ text: 'abcd', number: 9, whole: 10, list: ['', '', ''], map: 1, even: 'x' }),
  ).toMatchObject({
    '/text': 'Must have at most 3 characters.',
    '/number': 'Must be less than 9.',
    '/whole': 'Must be at most 9.',
    '/list': 'Must have at most 2 entries.',
    '/map': 'Has the wrong type.',
    '/even': 'Must be a number.',
  });
});

it('says what the schemas say, in both languages, with their numbers', async () => {
  const discount = { type: 'amount', amount: 1, currency: 'won' };
  const [english, korean] = await bothLanguages('/v1/coupons', couponBody({ discount }));
  expect(english).toEqual([{ pointer: '/discount/currency', detail: 'Is not an ISO 4217 code.' }]);
  expect(korean).toEqual([
    { pointer: '/discount/currency', detail: 'ISO 4217 통화 코드가 아닙니다.' },
  ]);
});

it('names at most 50 parts, and none by more than 1,000 characters', async () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field-${i}`, 1]));
  expect(partsOf(await send('/v1/coupons', { ...couponBody(), ...many }, 'en'))).toHaveLength(50);
  const list = { include: Array.from({ length: 100 }, () => 1) };
  const wrong = couponBody({ conditions: { products: list } });
  expect(partsOf(await send('/v1/coupons', wrong, 'en'))).toHaveLength(50);
  const [part] = partsOf(
    await send('/v1/coupons', { ...couponBody(), ['~'.repeat(60_000)]: 1 }, 'en'),
  );
  expect(part?.pointer).toHaveLength(1_000);
});

it('every message of the schemas has its Korean', () => {
  const sources = globSync('lambdas/api/*.ts').map((file) => readFileSync(file, 'utf8'));
  const messages = sources.flatMap((source) =>
    [...source.matchAll(/\berror:\s*(['"`])(.*?)\1/gs)].map(([, , text = '']) =>
      text.replaceAll(/\$\{[^}]*\}/g, '0'),
    ),
  );
  expect(messages.length).toBeGreaterThan(5);
  expect(messages.filter((message) => !hasTranslation(message))).toEqual([]);
});
