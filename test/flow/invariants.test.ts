import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { gateKeys } from '../../lambdas/adapters/valkey/gate-scripts.ts';
import { digestOf } from '../../lambdas/domain/issuance.ts';
import { checkInvariants } from '../../local/invariants/check-invariants.ts';
import type { RecordedReply } from '../../local/invariants/facts.ts';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { users, type ClaimReply } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let own: OwnServers;
let flow: Flow;
/** The superuser: nothing but he could break what is broken here. */
let superuser: LedgerReader;
let valkey: Redis;

beforeAll(async () => {
  own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  flow = cleanUp.add(await Flow.startOn(own), (started) => started.remove());
  const { databaseAdminUrl, valkeyUrl } = own.endpoints;
  superuser = cleanUp.add(new LedgerReader(databaseAdminUrl), (opened) => opened.close());
  valkey = cleanUp.add(new Redis(valkeyUrl), (opened) => {
    opened.disconnect();
  });
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

/** A sold out coupon of three units, sound in every way, and what its users were told. */
async function soundCoupon(): Promise<{ couponId: string; replies: ClaimReply[] }> {
  const couponId = await flow.createCoupon({ quantity: 3 });
  const replies: ClaimReply[] = [];
  for (const user of users('user', 5)) replies.push(await flow.shoppers.claim(couponId, user));
  const reports = await flow.invariants(couponId);
  expect(reports.map(({ name }) => name)).toEqual([
    'I1',
    'I2',
    'I3',
    'I4',
    'I5',
    'I6',
    'I7',
    'I8',
    'I9',
    'I10',
  ]);
  expect(reports.filter(({ violations }) => violations.length > 0)).toEqual([]);
  return { couponId, replies };
}

/** The names of the invariants that are broken, and all that is said about them. */
async function broken(
  couponId: string,
  replies: readonly RecordedReply[],
): Promise<{ names: string[]; text: string }> {
  const { kafka, topic, group, valkey: valkeyUrl, databaseUrl } = flow.stack.endpoints;
  const reports = await checkInvariants({
    couponIds: [couponId],
    replies,
    databaseUrl,
    brokers: kafka.split(','),
    topic,
    group,
    valkeyUrl,
  });
  const found = reports.filter(({ violations }) => violations.length > 0);
  return {
    names: found.map(({ name }) => name),
    text: found.flatMap(({ violations }) => violations).join('\n'),
  };
}

const COPY = `
  INSERT INTO issuances (id, coupon_id, user_key, user_id, ordinal, sequence, epoch, state, code,
    accepted_at, issued_at, valid_from, valid_until)
  SELECT $2, coupon_id, coalesce($3, user_key), coalesce($4, user_id), ordinal, sequence, epoch,
    state, $2, accepted_at, issued_at, valid_from, valid_until
  FROM issuances WHERE id = $1`;

function idOf(replies: readonly ClaimReply[], index: number): string {
  return replies[index]?.issuance?.id ?? '';
}

async function publish(key: string, value: string): Promise<void> {
  const kafka = new Kafka({ brokers: own.endpoints.kafkaBrokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: flow.stack.endpoints.topic, messages: [{ key, value }] });
  await producer.disconnect();
}

describe('the invariant checker', () => {
  it(
    'finds a row too many',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const extra = `${couponId}_${'X'.repeat(22)}`;
      await superuser.run(COPY, [idOf(replies, 0), extra, 'another-key', 'user-5']);

      const { names, text } = await broken(couponId, replies);

      // Nobody asked, the gate does not know it, and no record brought it.
      expect(names).toEqual(['I1', 'I4', 'I5', 'I6', 'I9']);
      expect(text).toContain(`coupon ${couponId} has 4 rows, its quantity is 3`);
      expect(text).toContain(`row ${extra} belongs to no claim`);
      expect(text).toContain(`row ${extra} is unknown to the gate`);
      expect(text).toContain(`row ${extra} stems from no record`);
    },
    SLOW_MS,
  );

  it(
    'finds a success that is no row',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const lost = idOf(replies, 1);
      await superuser.run('DELETE FROM notifications WHERE issuance_id = $1', [lost]);
      await superuser.run('DELETE FROM issuances WHERE id = $1', [lost]);

      const { names, text } = await broken(couponId, replies);

      expect(names).toEqual(['I1', 'I3', 'I5', 'I6', 'I9']);
      expect(text).toContain(`coupon ${couponId} has 2 rows, but counts 3`);
      expect(text).toContain(`success ${lost} is not in PostgreSQL`);
      expect(text).toContain(`record ${lost} at`);
    },
    SLOW_MS,
  );

  it(
    'finds a unit that was lost without a trace: counted as given, and nobody has it',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const [lost, ...others] = replies;
      const id = idOf(replies, 0);
      await superuser.run('DELETE FROM notifications WHERE issuance_id = $1', [id]);
      await superuser.run('DELETE FROM issuances WHERE id = $1', [id]);
      await superuser.run('UPDATE coupons SET issued = issued - 1 WHERE id = $1', [couponId]);
      // The client was told that nobody knows: it is no broken promise, but still a lost unit.
      const unknown = { ...lost, status: 503, code: 'outcome_unknown', issuance: undefined };

      const { names } = await broken(couponId, [unknown as RecordedReply, ...others]);

      expect(names).toEqual(['I5', 'I6', 'I9']);
    },
    SLOW_MS,
  );

  it(
    'finds a user who has two of one',
    async () => {
      const { couponId, replies } = await soundCoupon();
      await superuser.run('ALTER TABLE issuances DROP CONSTRAINT one_issuance_an_ordinal');
      const second = `${couponId}_${'Y'.repeat(22)}`;
      try {
        await superuser.run(COPY, [idOf(replies, 0), second, null, null]);

        const { names, text } = await broken(couponId, replies);

        expect(names).toContain('I2');
        expect(text).toContain('user-1 has 2 issuances, the limit is 1');
        expect(text).toMatch(/user key [\w-]{22} has 2 issuances, the limit is 1/);
      } finally {
        await superuser.run('DELETE FROM issuances WHERE id = $1', [second]);
        await superuser.run(
          'ALTER TABLE issuances ADD CONSTRAINT one_issuance_an_ordinal UNIQUE (coupon_id, user_key, ordinal)',
        );
      }
    },
    SLOW_MS,
  );

  it(
    'finds a user who was told of two, although there is one row',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const [first] = replies;
      const issuance = { ...first?.issuance, id: `${couponId}_${'Z'.repeat(22)}` };
      const lie = { ...first, issuance } as RecordedReply;

      const { names, text } = await broken(couponId, [...replies, lie]);

      expect(names).toEqual(['I2', 'I3']);
      expect(text).toContain(`success ${issuance.id} is not in Kafka`);
      expect(text).toContain(`success ${issuance.id} is not in PostgreSQL`);
    },
    SLOW_MS,
  );

  it(
    'finds a success that was sent before its record was',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const early = replies.map((reply, i) =>
        i === 0
          ? { ...reply, sentAt: reply.sentAt - 60_000, receivedAt: reply.sentAt - 59_000 }
          : reply,
      );

      const { names, text } = await broken(couponId, early);

      expect(names).toEqual(['I3']);
      expect(text).toMatch(/came to Kafka \d+ ms after its reply/);
    },
    SLOW_MS,
  );

  it(
    'finds a success that says something else than its row',
    async () => {
      const { couponId, replies } = await soundCoupon();
      await superuser.run('UPDATE issuances SET sequence = 7 WHERE id = $1', [idOf(replies, 0)]);

      const { names, text } = await broken(couponId, replies);

      expect(names).toEqual(['I3']);
      expect(text).toContain('told another sequence than its row');
    },
    SLOW_MS,
  );

  it(
    'finds a refusal after a success, and a row of somebody who was refused',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const [first] = replies;
      const later = (first?.receivedAt ?? 0) + 1_000;
      const refusal: RecordedReply = {
        couponId,
        userId: 'user-1',
        status: 409,
        code: 'sold_out',
        sentAt: later,
        receivedAt: later,
      };

      const afterwards = await broken(couponId, [...replies, refusal]);
      const instead = await broken(couponId, [refusal, ...replies.slice(1)]);

      expect(afterwards.names).toEqual(['I4']);
      expect(afterwards.text).toContain('was refused (409 sold_out) after its success');
      expect(instead.names).toEqual(['I4']);
      expect(instead.text).toContain('belongs to no claim that could have been accepted');
    },
    SLOW_MS,
  );

  it(
    'finds units that the gate has made up, lost or forgotten',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const [gate, claims, pending] = gateKeys(couponId);
      const digest = digestOf(idOf(replies, 0));

      await valkey.hset(gate, 'quantity', '4');
      const madeUp = await broken(couponId, replies);
      await valkey.hset(gate, 'quantity', '3');

      await valkey.hset(claims, 'L'.repeat(22), '1|9|1|1|nobody');
      await valkey.hset(gate, 'given', '4');
      const lost = await broken(couponId, replies);
      await valkey.hdel(claims, 'L'.repeat(22));
      await valkey.hset(gate, 'given', '3');

      await valkey.hset(pending, digest, '{}');
      const pendingAtRest = await broken(couponId, replies);
      await valkey.hdel(pending, digest);

      await valkey.hset(gate, 'runId', '0'.repeat(40));
      const foreign = await broken(couponId, replies);

      expect(madeUp.text).toContain('has quantity 4, its coupon 3');
      expect(lost.text).toContain('has -1 units free and 3 accounted for, together not 3');
      expect(pendingAtRest.text).toContain('has 1 pending at rest');
      // The restore function's schedule may have found it first.
      expect(foreign.text).toMatch(/^gate \w+ is (foreign|building)$/);
      for (const { names } of [madeUp, lost, pendingAtRest, foreign]) expect(names).toEqual(['I5']);
    },
    SLOW_MS,
  );

  it(
    'finds a claim that the gate has forgotten while its row is there',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const [gate, claims] = gateKeys(couponId);
      await valkey.hdel(claims, digestOf(idOf(replies, 0)));
      await valkey.hset(gate, 'given', '2');

      const { names, text } = await broken(couponId, replies);

      expect(names).toEqual(['I5']);
      expect(text).toContain('its unit can be given again');
    },
    SLOW_MS,
  );

  it(
    'finds a decision outside the issue window',
    async () => {
      const { couponId, replies } = await soundCoupon();
      await superuser.run(
        `UPDATE coupons SET issue_starts_at = now() + interval '1 minute',
           issue_ends_at = now() + interval '1 day' WHERE id = $1`,
        [couponId],
      );

      const { names, text } = await broken(couponId, replies);

      expect(names).toEqual(['I8']);
      // Three rows, three records, three replies.
      expect(text.split('\n')).toHaveLength(9);
    },
    SLOW_MS,
  );

  it(
    'finds a row that stems from a late record',
    async () => {
      const { couponId, replies } = await soundCoupon();
      const fence = `INSERT INTO coupon_fences (coupon_id, epoch, topic, end_offsets) VALUES ($1, 2, $2, '{}')`;
      await superuser.run(fence, [couponId, flow.stack.endpoints.topic]);

      const stored = await broken(couponId, replies);

      expect(stored.names).toEqual(['I9']);
      expect(stored.text).toContain('stems from no record that could be stored');
    },
    SLOW_MS,
  );

  it(
    'finds a malformed record that is not in quarantine',
    async () => {
      const { couponId, replies } = await soundCoupon();
      await publish('poison', 'not JSON');
      await until('it is in quarantine', 10_000, async () =>
        (await superuser.counts())['quarantine'] === 1 ? true : undefined,
      );
      await flow.invariants(couponId);
      expect(await broken(couponId, replies)).toEqual({ names: [], text: '' });

      await superuser.run('DELETE FROM quarantine');

      const { names, text } = await broken(couponId, replies);
      expect(names).toEqual(['I9']);
      expect(text).toMatch(/the malformed record at \d+:\d+ is not in quarantine/);
    },
    SLOW_MS,
  );
});
