import type { IdempotencyStore, KeptReply, KeyClaim } from '../../domain/idempotency.ts';
import { LedgerUnavailable } from '../../domain/ports.ts';
import type { Database, Queryable } from './database.ts';

interface KeyRow {
  same_request: boolean;
  seed: string;
  attempts: number;
  reply: KeptReply | null;
  expired: boolean;
}

/** Each try means that the key was forgotten by somebody else in between. */
const MAX_TRIES = 5;

/** @param ttlSeconds how long a key is known; what is older counts as forgotten */
export function postgresIdempotencyStore(database: Database, ttlSeconds: number): IdempotencyStore {
  return {
    async claim(request) {
      const { id, caller, fingerprint } = request;
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const { rows } = await database.query<KeyRow>(CLAIM, [
          bytes(id),
          caller,
          bytes(fingerprint),
          ttlSeconds,
        ]);
        const [row] = rows;
        if (row === undefined) throw new Error('a key was neither claimed nor found');
        if (!row.expired) return toClaim(row);
        await database.query(FORGET_IF_OLD, [bytes(id), ttlSeconds]);
      }
      throw new LedgerUnavailable('an idempotency key is contended');
    },

    async keep(request, reply) {
      const { subject, ...kept } = reply;
      const key = [bytes(request.id), bytes(request.fingerprint)];
      const { rowCount } = await database.query(KEEP, [
        ...key,
        request.caller,
        JSON.stringify(kept),
        subject ?? null,
      ]);
      if (rowCount === 1) return reply;
      const { rows } = await database.query<{ reply: KeptReply }>(FIND_REPLY, key);
      return rows[0]?.reply ?? reply;
    },

    async release({ id }) {
      await database.query(
        'DELETE FROM idempotency_keys WHERE id = $1 AND reply IS NULL AND attempts = 1',
        [bytes(id)],
      );
    },
  };
}

// The insert waits for another one of the same key, so exactly one of them is the first attempt.
const CLAIM = `
  INSERT INTO idempotency_keys AS known (id, caller, fingerprint) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET
    attempts = known.attempts + (known.fingerprint = excluded.fingerprint)::integer
  RETURNING fingerprint = $3 AS same_request, seed, attempts, reply,
    created_at < now() - $4 * interval '1 second' AS expired`;

const FORGET_IF_OLD = `
  DELETE FROM idempotency_keys WHERE id = $1 AND created_at < now() - $2 * interval '1 second'`;

// An insert if the key was forgotten meanwhile.
const KEEP = `
  INSERT INTO idempotency_keys AS known (id, fingerprint, caller, reply, subject)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET reply = excluded.reply, subject = excluded.subject
  WHERE known.reply IS NULL AND known.fingerprint = excluded.fingerprint`;

const FIND_REPLY = `
  SELECT reply FROM idempotency_keys
  WHERE id = $1 AND fingerprint = $2 AND reply IS NOT NULL`;

function toClaim({ same_request: isSame, seed, attempts, reply }: KeyRow): KeyClaim {
  if (!isSame) return { kind: 'other_request' };
  if (reply !== null) return { kind: 'answered', reply };
  return { kind: attempts === 1 ? 'new' : 'begun', seed };
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** For an erasure, in its transaction: drops what the user asked for, and what others were told of the user. */
export async function forgetRepliesOf(client: Queryable, userId: string): Promise<void> {
  await client.query('DELETE FROM idempotency_keys WHERE caller = $1 OR subject = $1', [userId]);
}
