import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { purgeIdempotencyKeys } from '../../lambdas/adapters/postgres/idempotency-purge.ts';
import {
  forgetRepliesOf,
  postgresIdempotencyStore,
} from '../../lambdas/adapters/postgres/idempotency-store.ts';
import type {
  IdempotencyStore,
  KeptReply,
  KeyedRequest,
} from '../../lambdas/domain/idempotency.ts';
import { MemoryIdempotencyStore } from '../fakes/memory-idempotency-store.ts';
import { newDatabase, type TestDatabase } from '../support/database.ts';

const DAY_SECONDS = 86_400;
const SETTINGS = { maxConnections: 20, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await newDatabase();
  database = connectDatabase({ url: testDatabase.appUrl, ...SETTINGS }, () => undefined);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function request(what = 'one', caller = 'olga', key: string = randomUUID()): KeyedRequest {
  return { id: hash(`${caller} ${key}`), caller, fingerprint: hash(what) };
}

function other(than: KeyedRequest): KeyedRequest {
  return { ...than, fingerprint: hash('other') };
}

const reply: KeptReply = {
  status: 201,
  headers: { location: '/v1/coupons/x' },
  body: '{"name":"쿠폰 \\u0000 \\ud800"}',
};
const later: KeptReply = { status: 200, headers: {}, body: null };

const stores: [string, (ttlSeconds?: number) => IdempotencyStore][] = [
  ['in PostgreSQL', (ttl = DAY_SECONDS) => postgresIdempotencyStore(database, ttl)],
  ['in memory', (ttl = DAY_SECONDS) => new MemoryIdempotencyStore(ttl, () => Date.now())],
];

describe.each(stores)('a store of replies %s', (_name, open) => {
  let store: IdempotencyStore;
  let asked: KeyedRequest;

  beforeEach(() => {
    store = open();
    asked = request();
  });

  it('knows a key from its first request on, with one seed for all attempts', async () => {
    const first = await store.claim(asked);
    expect(first).toEqual({ kind: 'new', seed: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await store.claim(asked)).toEqual({ ...first, kind: 'begun' });
    expect(await store.claim(asked)).toEqual({ ...first, kind: 'begun' });
    expect(await store.claim(other(asked))).toEqual({ kind: 'other_request' });
  });

  it('gives the reply that was kept, byte for byte', async () => {
    await store.claim(asked);
    expect(await store.keep(asked, reply)).toEqual(reply);
    expect(await store.claim(asked)).toEqual({ kind: 'answered', reply });
    expect(await store.claim(other(asked))).toEqual({ kind: 'other_request' });
  });

  it('keeps the first reply only', async () => {
    await store.claim(asked);
    await store.keep(asked, reply);
    expect(await store.keep(asked, later)).toEqual(reply);
    expect(await store.claim(asked)).toEqual({ kind: 'answered', reply });
  });

  it('keeps a reply without a body', async () => {
    await store.claim(asked);
    await store.keep(asked, later);
    expect(await store.claim(asked)).toEqual({ kind: 'answered', reply: later });
  });

  it('keeps a reply whose key was forgotten meanwhile, but never over another request', async () => {
    expect(await store.keep(asked, reply)).toEqual(reply);
    expect(await store.claim(asked)).toEqual({ kind: 'answered', reply });

    const taken = request();
    await store.claim(other(taken));
    expect(await store.keep(taken, reply)).toEqual(reply);
    expect(await store.claim(other(taken))).toMatchObject({ kind: 'begun' });
  });

  it('releases a key of one attempt without a reply, and gives it another seed then', async () => {
    const first = await store.claim(asked);
    await store.claim(other(asked));
    await store.release(asked);
    const second = await store.claim(asked);
    expect(second).toMatchObject({ kind: 'new' });
    expect(second).not.toEqual(first);
  });

  it('releases no key of two attempts, and none with a reply', async () => {
    const first = await store.claim(asked);
    await store.claim(asked);
    await store.release(asked);
    expect(await store.claim(asked)).toEqual({ ...first, kind: 'begun' });

    const answered = request();
    await store.claim(answered);
    await store.keep(answered, reply);
    await store.release(answered);
    expect(await store.claim(answered)).toEqual({ kind: 'answered', reply });
  });

  it('tells one of many at the same time that it is the first', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(asked)));
    const kinds = claims.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual([...Array.from({ length: 19 }, () => 'begun'), 'new']);
    expect(new Set(claims.map((claim) => 'seed' in claim && claim.seed)).size).toBe(1);
  });

  it('forgets a key after its time, whether or not it was purged', async () => {
    const short = open(0.05);
    const first = await short.claim(asked);
    await short.keep(asked, reply);
    await sleep(100);
    const second = await short.claim(other(asked));
    expect(second).toMatchObject({ kind: 'new' });
    expect(second).not.toEqual(first);
  });
});

describe('in PostgreSQL', () => {
  const store = (): IdempotencyStore => postgresIdempotencyStore(database, DAY_SECONDS);
  const count = async (): Promise<number> =>
    (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM idempotency_keys')).rows[0]
      ?.n ?? 0;
  const age = (asked: KeyedRequest, seconds: number): Promise<unknown> =>
    database.query(
      `UPDATE idempotency_keys SET created_at = now() - $2 * interval '1 second' WHERE id = $1`,
      [Buffer.from(asked.id, 'hex'), seconds],
    );

  it('a purge drops what is older than a day, in as many statements as it takes', async () => {
    await database.query('DELETE FROM idempotency_keys');
    const young = request();
    const old = request();
    for (const asked of [young, old]) await store().claim(asked);
    await age(young, DAY_SECONDS - 60);
    await age(old, DAY_SECONDS + 60);
    await database.query(
      `INSERT INTO idempotency_keys (id, caller, fingerprint, created_at)
       SELECT sha256(n::text::bytea), 'olga', sha256('x'), now() - interval '2 days'
       FROM generate_series(1, 12000) AS n`,
    );
    expect(await purgeIdempotencyKeys(database, DAY_SECONDS)).toBe(12_001);
    expect(await count()).toBe(1);
    expect(await store().claim(young)).toMatchObject({ kind: 'begun' });
  });

  it('an erasure drops what the user asked for, and what others were told of the user', async () => {
    await database.query('DELETE FROM idempotency_keys');
    const own = request('one', 'anna');
    const shown = request('one', 'olga');
    const unconcerned = request('one', 'olga');
    for (const asked of [own, shown, unconcerned]) await store().claim(asked);
    await store().keep(shown, { ...reply, subject: 'anna' });
    await store().keep(unconcerned, { ...reply, subject: 'bert' });

    await database.transaction((client) => forgetRepliesOf(client, 'anna'));

    expect(await count()).toBe(1);
    expect(await store().claim(unconcerned)).toMatchObject({ kind: 'answered' });
  });

  it('holds by itself that only success is kept', async () => {
    const asked = request();
    await store().claim(asked);
    await expect(store().keep(asked, { ...later, status: 409 })).rejects.toThrow(
      'only_success_is_kept',
    );
  });

  it('knows neither key nor body, only hashes of them', async () => {
    await database.query('DELETE FROM idempotency_keys');
    await store().claim(request());
    const { rows } = await database.query('SELECT id, fingerprint FROM idempotency_keys');
    expect(rows).toEqual([{ id: expect.any(Buffer), fingerprint: expect.any(Buffer) }]);
  });
});
