import { describe, expect, it } from '@jest/globals';
import { json, render } from '../../lambdas/http/answer.ts';
import { csvLine } from '../../lambdas/http/csv.ts';
import { pageOf } from '../../lambdas/http/page.ts';

const LOAD_BALANCERS_LIMIT = 1024 * 1024;
const recipient = { requestId: 'r', language: 'en' } as const;

interface Row {
  readonly id: number;
  readonly userId: string;
}

function rows(userId: string, count = 5_001): Row[] {
  return Array.from({ length: count }, (_, id) => ({ id, userId }));
}

const cursorOf = ({ id }: Row): string => String(id);

describe('a page', () => {
  it('has as many rows as were asked for, and says whether there are more', () => {
    const few = rows('anna', 3);
    expect(pageOf(few, 2, ({ id }) => id, cursorOf)).toEqual({ items: [0, 1], nextCursor: '1' });
    expect(pageOf(few, 3, ({ id }) => id, cursorOf)).toEqual({
      items: [0, 1, 2],
      nextCursor: null,
    });
    expect(pageOf([], 3, cursorOf, cursorOf)).toEqual({ items: [], nextCursor: null });
  });

  it.each([
    ['letters', 'x'.repeat(255)],
    ['quotes', '"'.repeat(255)],
    ['backslashes', '\\'.repeat(255)],
    ['control characters', '\u0001'.repeat(255)],
    ['other scripts', '가'.repeat(255)],
  ])('of users named by %s fits through the load balancer, as JSON and as CSV', (_, userId) => {
    const page = pageOf(rows(userId), 5_000, (row) => row, cursorOf);
    const reply = JSON.stringify(render(json(200, page), recipient));
    expect(Buffer.byteLength(reply)).toBeLessThan(LOAD_BALANCERS_LIMIT);
    // And is not smaller than it has to be.
    expect(Buffer.byteLength(reply)).toBeGreaterThan(0.9 * LOAD_BALANCERS_LIMIT);
    expect(page.nextCursor).toBe(String(page.items.length - 1));

    const lines = pageOf(rows(userId), 5_000, (row) => csvLine([row.id, row.userId]), cursorOf);
    const document = {
      kind: 'document',
      contentType: 'text/csv',
      content: lines.items.join(''),
    } as const;
    const csv = JSON.stringify(render(document, recipient));
    expect(Buffer.byteLength(csv)).toBeLessThan(LOAD_BALANCERS_LIMIT);
    expect(Buffer.byteLength(csv)).toBeGreaterThan(0.9 * LOAD_BALANCERS_LIMIT);
  });

  it('has one row at least, or nobody would ever come to the next', () => {
    const huge = rows('x'.repeat(2_000_000), 2);
    const page = pageOf(huge, 2, (row) => row, cursorOf);
    expect(page.items).toHaveLength(1);
    expect(page.nextCursor).toBe('0');
  });
});
