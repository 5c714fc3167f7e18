import { expect, it } from '@jest/globals';
import { canonicalJson } from '../../lambdas/http/canonical-json.ts';

const canonical = (text: string): string => canonicalJson(JSON.parse(text));

it('is the same whatever the white space and the order of names', () => {
  const body = '{"b":[1,{"d":null,"c":"x"}],"a":true}';
  expect(canonical(' { "a" : true,\n"b" : [1, {"c":"x","d":null}] } ')).toBe(canonical(body));
  expect(canonical(body)).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
});

it.each([
  ['[1,2]', '[2,1]'],
  ['{"a":1}', '{"a":"1"}'],
  ['{"a":{}}', '{"a":[]}'],
  ['{"a":[1],"b":2}', '{"a":[1,2]}'],
  ['{}', 'null'],
  ['{"__proto__":1}', '{}'],
  ['["a,b"]', '["a","b"]'],
  ['{"a":null}', '{}'],
])('tells %s from %s', (one, other) => {
  expect(canonical(one)).not.toBe(canonical(other));
});

it('tells no body from an empty one', () => {
  expect(canonicalJson(undefined)).toBe('');
  expect(canonical('{}')).toBe('{}');
});

it.each(['["x"]', '{}', '[]', '"\\ud800\\u0000"', '{"a":{"b":[{},[]]}}'])(
  'gives %s back as it is',
  (text) => {
    expect(canonical(text)).toBe(text);
  },
);

it('takes bodies of any depth and width', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect(canonical(deep)).toBe(deep);
  const wide = JSON.stringify(Array.from({ length: 200_000 }, (_, i) => i));
  expect(canonical(wide)).toBe(wide);
});
