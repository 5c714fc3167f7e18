import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SLOW_MS = 120_000;
const OPTIONS = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck'];
const MODULES = ['--module', 'NodeNext', '--moduleResolution', 'NodeNext', '--types', 'node'];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coupon-client-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const generator = resolve('node_modules/openapi-typescript/bin/cli.js');
  const run = spawnSync(
    process.execPath,
    // What has a default may be left out of a request.
    [
      generator,
      resolve('docs/openapi.json'),
      '--default-non-nullable=false',
      '--output',
      join(folder, 'api.ts'),
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`);
}, SLOW_MS);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the compiler says of a program that uses the generated client, each with its line. */
function errorsOf(program: string): string[] {
  const file = join(folder, 'program.ts');
  const text = `${CLIENT}${program}`;
  writeFileSync(file, text);
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [tsc, ...OPTIONS, ...MODULES, file], {
    cwd: folder,
    encoding: 'utf8',
  });
  return [...run.stdout.matchAll(/^program\.ts\((\d+),.*error (.*)$/gm)].map(
    ([, line, error]) => `${text.split('\n')[Number(line) - 1] ?? ''} // ${error ?? ''}`,
  );
}

const CLIENT = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:8080' });
const body: components['schemas']['CouponDefinition'] = {
  name: 'Opening day 5,000',
  quantity: 1000,
  issueStartsAt: '2026-11-27T00:00:00Z',
  issueEndsAt: '2026-11-28T00:00:00Z',
  validity: { days: 30 },
  discount: { type: 'amount', amount: 5000, currency: 'KRW' },
};
`;

test(
  'a client is generated of the document, and a program that uses it as it is meant compiles',
  () => {
    const program = `
const created = await client.POST('/v1/coupons', {
  body,
  params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
});
if (created.error) {
  const code: 'invalid_request' | 'malformed_json' | 'unauthenticated' | 'insufficient_scope'
    | 'payload_too_large' | 'unsupported_media_type' | 'idempotency_key_reused'
    | 'unavailable' = created.error.code;
  throw new Error(code);
}
const couponId: string = created.data.id;

const claimed = await client.POST('/v1/coupons/{couponId}/issuances', {
  params: { path: { couponId } },
});
if (claimed.error?.code === 'sold_out') throw new Error(claimed.error.detail);
if (!claimed.data) throw new Error('no issuance');
const state: 'accepted' | 'issued' | 'held' | 'redeemed' | 'expired' | 'revoked' =
  claimed.data.state;

const read = await client.GET('/v1/issuances/{issuanceId}', {
  params: { path: { issuanceId: claimed.data.id } },
});
const code: string | undefined = read.data?.code;
const page = await client.GET('/v1/coupons', { params: { query: { state: 'open', limit: 5 } } });
const next: string | null | undefined = page.data?.nextCursor;
console.log(state, code, next);
`;
    expect(errorsOf(program)).toEqual([]);
  },
  SLOW_MS,
);

test(
  'a program that uses it otherwise does not',
  () => {
    const wrong = [
      "await client.POST('/v1/coupons', { body: { ...body, quantity: '1000' } });",
      "await client.POST('/v1/coupons/{couponId}/issuances', {});",
      "await client.GET('/v1/coupons', { params: { query: { state: 'gone' } } });",
      "await client.GET('/v1/nothing');",
      "if (read.error?.code === 'sold_out') throw new Error();",
      'console.log(read.data?.nothing);',
    ];
    const path = "{ params: { path: { issuanceId: '' } } }";
    const read = `const read = await client.GET('/v1/issuances/{issuanceId}', ${path});`;
    const errors = errorsOf([read, ...wrong].join('\n'));
    expect([...new Set(errors.map((error) => error.split(' // ')[0]))]).toEqual(wrong);
  },
  SLOW_MS,
);
