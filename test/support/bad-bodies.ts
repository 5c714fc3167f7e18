import { gzipSync } from 'node:zlib';
import { couponBody } from './coupons.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };

/** Bodies that are no JSON a request could be made of, whatever it is for. */
export const unreadableBodies: readonly [
  string,
  string | Buffer,
  Record<string, string>,
  number,
  string,
][] = [
  ['cut JSON', '{"name":', JSON_TYPE, 400, 'malformed_json'],
  ['plain text', 'hello', JSON_TYPE, 400, 'malformed_json'],
  ['NaN', '{"quantity":NaN}', JSON_TYPE, 400, 'malformed_json'],
  ['a comment', '{/* none */}', JSON_TYPE, 400, 'malformed_json'],
  ['a bare NUL byte', '{"a":"\u0000"}', JSON_TYPE, 400, 'malformed_json'],
  ['a single blank', ' ', JSON_TYPE, 400, 'malformed_json'],
  ['brackets that never close', '['.repeat(60_000), JSON_TYPE, 400, 'malformed_json'],
  ['70 KB', JSON.stringify({ a: 'x'.repeat(70_000) }), JSON_TYPE, 413, 'payload_too_large'],
  ['70 KB of no JSON', 'x'.repeat(70_000), JSON_TYPE, 413, 'payload_too_large'],
  ['no content type', '{}', {}, 415, 'unsupported_media_type'],
  [
    'a form',
    'a=1',
    { 'content-type': 'application/x-www-form-urlencoded' },
    415,
    'unsupported_media_type',
  ],
  ['text', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  [
    'a type that only begins like JSON',
    '{}',
    { 'content-type': 'application/json5' },
    415,
    'unsupported_media_type',
  ],
  [
    'gzip',
    gzipSync('{}'),
    { ...JSON_TYPE, 'content-encoding': 'gzip' },
    415,
    'unsupported_media_type',
  ],
];

/** JSON that is neither a coupon nor an empty object. */
export const bodiesWrongForAll: readonly [string, string][] = [
  ['null', 'null'],
  ['a number', '1'],
  ['a text', '"x"'],
  ['a list', '[]'],
  ['a list of an empty object', '[{}]'],
  ['10,000 lists in each other', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['__proto__', '{"__proto__":{"quantity":5}}'],
  ['constructor', '{"constructor":{"prototype":{"polluted":true}}}'],
  ['half of a surrogate pair as a name', '{"\\ud800":1}'],
  ['NUL as a name', '{"\\u0000":1}'],
  ['a number beyond all numbers', '{"quantity":1e400}'],
];

/** Fields of a coupon that make it a wrong one, and the pointers that name them. */
export const wrongFields: readonly [string, Record<string, unknown>, string[]][] = [
  [
    'nothing at all',
    { ...Object.fromEntries(Object.keys(couponBody()).map((key) => [key, undefined])) },
    ['/name', '/quantity', '/issueStartsAt', '/issueEndsAt', '/validity', '/discount'],
  ],
  ['a name that is a number', { name: 7 }, ['/name']],
  ['an empty name', { name: '' }, ['/name']],
  ['a name of 201 characters', { name: 'x'.repeat(201) }, ['/name']],
  ['a NUL in its name', { name: 'a\u0000b' }, ['/name']],
  ['half of a surrogate pair in its name', { name: 'a\ud800b' }, ['/name']],
  ['half of a surrogate pair in its description', { description: '\udc00' }, ['/description']],
  ['a quantity of 0', { quantity: 0 }, ['/quantity']],
  ['a negative quantity', { quantity: -1 }, ['/quantity']],
  ['half a unit', { quantity: 1.5 }, ['/quantity']],
  ['a quantity that is a text', { quantity: '10' }, ['/quantity']],
  ['a quantity beyond 2^53', { quantity: 2 ** 53 + 2 }, ['/quantity']],
  ["a quantity beyond the ledger's integers", { quantity: 2 ** 31 }, ['/quantity']],
  ['more than 100 a user', { perUserLimit: 101 }, ['/perUserLimit']],
  [
    'a window that ends before it begins',
    { issueEndsAt: '2020-01-01T00:00:00Z' },
    ['/issueEndsAt'],
  ],
  ['a time that is none', { issueStartsAt: 'tomorrow' }, ['/issueStartsAt']],
  ['a day that is none', { issueStartsAt: '2026-02-30T00:00:00Z' }, ['/issueStartsAt']],
  ['a time without its offset', { issueStartsAt: '2026-01-01T00:00:00' }, ['/issueStartsAt']],
  ['a time as a number', { issueStartsAt: 1_700_000_000 }, ['/issueStartsAt']],
  ['no day of validity', { validity: { days: 0 } }, ['/validity/days']],
  [
    'days and a period at once',
    { validity: { days: 1, from: '2026-01-01T00:00:00Z' } },
    ['/validity/from'],
  ],
  ['a discount of no known type', { discount: { type: 'gift' } }, ['/discount/type']],
  [
    'a discount beyond 2^53',
    { discount: { type: 'amount', amount: 2 ** 60, currency: 'KRW' } },
    ['/discount/amount'],
  ],
  [
    '101 percent off',
    { discount: { type: 'percent', percent: 101, currency: 'KRW' } },
    ['/discount/percent'],
  ],
  [
    'a currency that is none',
    { discount: { type: 'amount', amount: 1, currency: 'won' } },
    ['/discount/currency'],
  ],
  ['a day of no week', { conditions: { weekdays: ['someday'] } }, ['/conditions/weekdays/0']],
  [
    'a time zone of nowhere',
    { conditions: { hours: { from: '09:00', until: '18:00', timeZone: 'Moon/Crater' } } },
    ['/conditions/hours/timeZone'],
  ],
  [
    'a NUL in a product',
    { conditions: { products: { include: ['a\u0000'] } } },
    ['/conditions/products/include/0'],
  ],
  ['a field that there is not', { 'a/b~c': 1 }, ['/a~1b~0c']],
  ['its own id', { id: 'aaaaaaaaaaaa' }, ['/id']],
  ['its own counter', { issued: 5 }, ['/issued']],
];
