import { expect } from 'expect';
import { createHash } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { ClaimRecord } from '../../../lambdas/domain/claim-record.ts';
import { until } from '../../support/until.ts';
import { lookIntoLedger } from '../bench/look-into-ledger.ts';
import { everyPoison, type Poison } from '../bench/poison.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { failpointOptions } from '../bench/shots.ts';

const ROUNDS = 3;
const QUARANTINE_MS = 20_000;

/** As the event carries it: a list of bytes. */
const HEADER = { name: 'from', value: Buffer.from([0, 0xff, 0x41]) };
const HEADER_JSON = JSON.stringify([[HEADER.name, HEADER.value.toString('base64')]]);

const QUARANTINED = `FROM quarantine WHERE key LIKE 'poison %'::bytea AND headers = $1::jsonb`;

export const functionsPoisonRows: readonly FaultRow[] = [
  {
    id: '24',
    title: 'Poison stands in the topic between the claims',
    injection:
      'three times some thirty records that can never be rows: broken bytes, broken schemas, a megabyte each, an unknown coupon, one unit too many, a second issuance of a user',
    options: failpointOptions,
    load: { perSecond: 40 },
    answers: [],
    says: ['record quarantined'],
    rings: ['quarantine'],
    strike: poisonTopic,
  },
];

/** @returns how many of the records are in quarantine, whole, with the right reason */
async function poisonTopic({ bench, spike }: Stage): Promise<number> {
  const { flow } = bench;
  const row = await recordedClaim({ bench, spike });
  const soldOutId = await flow.createCoupon({ quantity: 1 });
  await flow.issue(soldOutId, 'the only one');
  const poison = everyPoison(row, soldOutId);
  for (let round = 1; round <= ROUNDS; round += 1) {
    await publish({ bench, spike }, poison, round);
    await spike.succeeds(20);
  }
  spike.healed();

  const expected = Array.from({ length: ROUNDS }, (_, i) =>
    poison.map(({ reason, value }, n) => [keyOf(i + 1, n), reason, digest(value)].join(' ')),
  ).flat();
  const quarantined = await lookIntoLedger(bench, async (ledger) => {
    // Counted until all are there, and read once: together they are a dozen megabytes.
    await until('all poison is in quarantine', QUARANTINE_MS, async () => {
      const [row] = await ledger.select<{ found: number }>(
        `SELECT count(*)::int AS found ${QUARANTINED}`,
        [HEADER_JSON],
      );
      return (row?.found ?? 0) >= expected.length ? true : undefined;
    });
    const rows = await ledger.select<{ key: Buffer; value: Buffer | null; reason: string }>(
      `SELECT key, value, reason ${QUARANTINED}`,
      [HEADER_JSON],
    );
    return rows.map(({ key, value, reason }) => [key.toString(), reason, digest(value)].join(' '));
  });
  expect(quarantined.toSorted()).toEqual(expected.toSorted());
  return quarantined.length;
}

/** A row as its record stands in the topic. */
async function recordedClaim({ bench, spike }: Stage): Promise<ClaimRecord> {
  const [row] = await lookIntoLedger(bench, (ledger) =>
    until('a claim is recorded', QUARANTINE_MS, async () => {
      const rows = await ledger.select<Omit<ClaimRecord, 'acceptedAt'> & { acceptedAt: Date }>(
        `SELECT id, coupon_id AS "couponId", user_id AS "userId", user_key AS "userKey", ordinal,
           sequence, epoch, accepted_at AS "acceptedAt"
         FROM issuances WHERE coupon_id = $1 LIMIT 1`,
        [spike.couponId],
      );
      return rows.length > 0 ? rows : undefined;
    }),
  );
  if (row === undefined) throw new Error('no claim is recorded');
  return { ...row, acceptedAt: row.acceptedAt.getTime() };
}

async function publish(
  { bench: { servers, flow } }: Stage,
  poison: readonly Poison[],
  round: number,
): Promise<void> {
  const kafka = new Kafka({ brokers: servers.endpoints.kafkaBrokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    // One by one: together they are more than a request may have, and claims come in between.
    for (const [n, { value }] of poison.entries()) {
      const headers = { [HEADER.name]: HEADER.value };
      const messages = [{ key: keyOf(round, n), value, headers }];
      await producer.send({ topic: flow.stack.endpoints.topic, messages });
    }
  } finally {
    await producer.disconnect();
  }
}

function keyOf(round: number, n: number): string {
  return `poison ${round} ${n}`;
}

function digest(value: Buffer | null): string {
  return value === null ? 'none' : createHash('sha256').update(value).digest('base64url');
}
