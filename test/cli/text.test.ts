import { describe, expect, it, test } from '@jest/globals';
import { counted, duration, figure, moment, money } from '../../cli/output/figures.ts';
import { cellsOfLine, flowed, painted, table, textOf, toned } from '../../cli/output/line.ts';
import { cells, fitted, visible } from '../../cli/output/text.ts';

describe('text from elsewhere', () => {
  it('can not move the cursor, ring, or turn the direction of writing', () => {
    expect(visible('a\u001b[2Jb\u0007c\u009bd\u202ee\u2066f\u200bg')).toBe('a�[2Jb�c�d�e�f�g');
    expect(visible('two\r\n lines\tand a tab')).toBe('two  lines and a tab');
    expect(visible('선착순 👩‍👩‍👧 café')).toBe('선착순 👩‍👩‍👧 café');
  });

  test.each([
    ['plain', 5],
    ['', 0],
    ['선착순', 6],
    ['선착순'.normalize('NFD'), 6],
    ['日本 語', 7],
    ['ｱｲｳ', 3],
    ['Ｗｉｄｅ', 8],
    ['café', 4],
    ['cafe\u0301', 4],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['█░▁–…', 5],
  ])('%s takes %i cells', (text, width) => {
    expect(cells(text)).toBe(width);
  });

  it('is cut between characters, and never wider than there is room', () => {
    expect(fitted('선착순 쿠폰', 11)).toBe('선착순 쿠폰');
    expect(fitted('선착순 쿠폰', 10)).toBe('선착순 쿠…');
    expect(fitted('선착순 쿠폰', 6)).toBe('선착…');
    expect(fitted('abc', 1)).toBe('…');
    expect(fitted('abc', 0)).toBe('');
    for (let width = 0; width < 14; width += 1) {
      expect(cells(fitted('선a착b순 👍쿠폰', width))).toBeLessThanOrEqual(width);
    }
  });
});

describe('lines', () => {
  it('have colours only where they are wanted, and are cut without them in the way', () => {
    const line = [toned('bad', 'closed'), ' for good'];
    expect(painted(line, { width: Infinity, colours: false })).toBe('closed for good');
    expect(painted(line, { width: Infinity, colours: true })).toBe(
      '\u001b[31mclosed\u001b[39m for good',
    );
    expect(painted(line, { width: 9, colours: true })).toBe('\u001b[31mclosed\u001b[39m f…');
    expect(painted(line, { width: 4, colours: true })).toBe('\u001b[31mclo…\u001b[39m');
  });

  it('flow onto as many rows as the width asks for', () => {
    const items = ['accepted 1', 'issued 22', 'held 3'].map((text) => [text]);
    const texts = (width: number): string[] =>
      flowed(items, width).map((line) => line.map(textOf).join(''));
    expect(texts(80)).toEqual(['  accepted 1  issued 22  held 3']);
    expect(texts(24)).toEqual(['  accepted 1  issued 22', '  held 3']);
    expect(texts(5)).toEqual(['  accepted 1', '  issued 22', '  held 3']);
    for (const line of flowed(items, 24)) expect(cellsOfLine(line)).toBeLessThanOrEqual(24);
  });

  it('stand under each other in a table, whatever their letters', () => {
    const rows = [
      ['선착순', '5'],
      ['ab', '1,000'],
    ];
    expect(table(rows, [1]).map((line) => line.map(textOf).join(''))).toEqual([
      '선착순      5',
      'ab      1,000',
    ]);
  });
});

test('figures, sums, times and durations are written for people', () => {
  expect([figure(1234567), figure(null), figure(undefined)]).toEqual(['1,234,567', '–', '–']);
  expect([counted(1, 'unit'), counted(2000, 'unit')]).toEqual(['1 unit', '2,000 units']);
  expect([money(5000, 'KRW'), money(5000, 'USD'), money(5, 'nope')]).toEqual([
    '₩5,000',
    '$50.00',
    '5 nope',
  ]);
  expect(moment(Date.UTC(2026, 10, 27, 9, 5, 1))).toBe('2026-11-27 09:05:01 UTC');
  expect([-5, 499, 59_700, 65_000, 7_260_000, 90_061_000].map(duration)).toEqual([
    '0 s',
    '0 s',
    '1 min',
    '1 min 5 s',
    '2 h 1 min',
    '1 d 1 h',
  ]);
});
