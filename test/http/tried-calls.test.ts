import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFault, positiveCalls, share, table } from '../fuzz/tried-calls.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coupon-report-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const call = (mode: string) => ({
  value: { method: 'POST', path: '/v1/coupons', meta: { generation: { mode } } },
});

const replied = (status: number, body: object) => ({
  response: {
    status_code: status,
    content: { $base64: Buffer.from(JSON.stringify(body)).toString('base64') },
  },
});

it('counts the calls that were meant to be right, and how many of them were let in', () => {
  const recorder = {
    cases: { a: call('positive'), b: call('positive'), c: call('negative'), d: call('positive') },
    interactions: {
      a: replied(201, { code: 'SECRET' }),
      b: replied(400, { code: 'invalid_request' }),
      c: replied(400, { code: 'invalid_request' }),
      d: replied(422, { code: 'conditions_not_met' }),
    },
  };
  const skipped = { cases: null, interactions: null };
  const lines = [{ Initialize: {} }, { ScenarioFinished: { recorder: skipped } }];
  const report = [...lines, { ScenarioFinished: { recorder } }];
  const file = join(folder, 'report.ndjson');
  writeFileSync(file, `${report.map((line) => JSON.stringify(line)).join('\n')}\n`);

  const calls = positiveCalls(file);
  expect(calls).toHaveLength(3);
  expect(share(calls)).toBeCloseTo(2 / 3);
  expect(table(calls)).toEqual([
    ' 67 %  POST /v1/coupons: 1 × 201, 1 × 400 invalid_request, 1 × 422 conditions_not_met',
  ]);
  expect(calls.some(isFault)).toBe(false);
});

it('is no share at all when nothing was tried', () => {
  expect(share([])).toBe(0);
});
