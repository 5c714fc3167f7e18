import { describe, expect, it } from '@jest/globals';
import { csvLine, csvType } from '../../lambdas/http/csv.ts';
import { parseStrictCsv } from '../support/strict-csv.ts';

describe('a line of CSV', () => {
  it.each([
    [['a', 'b'], 'a,b\r\n'],
    [['a', null, 7], 'a,,7\r\n'],
    [['a,b', 'say "hi"'], '"a,b","say ""hi"""\r\n'],
    [['two\r\nlines', 'one\nother', 'a\rb'], '"two\r\nlines","one\nother","a\rb"\r\n'],
    [['홍길동 😀', ' blank '], '홍길동 😀, blank \r\n'],
  ])('of %j', (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\r=x', "'\r=x"],
    ['=HYPERLINK("http://evil","a,b")', '\'=HYPERLINK("http://evil","a,b")'],
  ])('makes no formula of %j', (cell, shown) => {
    expect(parseStrictCsv(csvLine([cell]))).toEqual([[shown]]);
  });

  it('leaves alone what only has such a character in it', () => {
    const cells = ['a=b', 'anna+tag@example.org', 'x-1', "'quoted'"];
    expect(parseStrictCsv(csvLine(cells))).toEqual([cells]);
    expect(parseStrictCsv(csvLine([-5]))).toEqual([['-5']]);
  });

  it('is read by a strict parser as it was written, whatever is in it', () => {
    const alphabet = ['a', '"', ',', '\r', '\n', ' ', '가', '😀', "'", ';'];
    // By a seed, so that a failure can be seen again.
    let seed = 42;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const cell = (): string =>
      `a${Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)] ?? '').join('')}`;
    const records = Array.from({ length: 500 }, () => [cell(), cell(), cell()]);
    expect(parseStrictCsv(records.map(csvLine).join(''))).toEqual(records);
  });
});

it('the type says whether there is a header', () => {
  expect(csvType('absent')).toBe('text/csv; charset=utf-8; header=absent');
});
