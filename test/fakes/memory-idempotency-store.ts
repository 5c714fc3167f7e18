import { randomUUID } from 'node:crypto';
import type {
  IdempotencyStore,
  KeptReply,
  KeyClaim,
  KeyedRequest,
} from '../../lambdas/domain/idempotency.ts';

interface Entry {
  readonly fingerprint: string;
  readonly seed: string;
  readonly createdAt: number;
  attempts: number;
  reply?: KeptReply;
}

/** Held to the PostgreSQL one by a contract test. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly entries = new Map<string, Entry>();
  readonly #ttlMs: number;
  readonly #now: () => number;

  constructor(ttlSeconds: number, now: () => number) {
    this.#ttlMs = ttlSeconds * 1_000;
    this.#now = now;
  }

  claim({ id, fingerprint }: KeyedRequest): Promise<KeyClaim> {
    const now = this.#now();
    const known = this.entries.get(id);
    if (known === undefined || known.createdAt < now - this.#ttlMs) {
      const entry = { fingerprint, seed: randomUUID(), createdAt: now, attempts: 1 };
      this.entries.set(id, entry);
      return Promise.resolve({ kind: 'new', seed: entry.seed });
    }
    if (known.fingerprint !== fingerprint) return Promise.resolve({ kind: 'other_request' });
    known.attempts += 1;
    return Promise.resolve(
      known.reply === undefined
        ? { kind: 'begun', seed: known.seed }
        : { kind: 'answered', reply: known.reply },
    );
  }

  async keep(request: KeyedRequest, reply: KeptReply): Promise<KeptReply> {
    const { id, fingerprint } = request;
    if (!this.entries.has(id)) await this.claim(request);
    const known = this.entries.get(id);
    if (known?.fingerprint !== fingerprint) return reply;
    known.reply ??= reply;
    return known.reply;
  }

  release({ id }: KeyedRequest): Promise<void> {
    const known = this.entries.get(id);
    if (known?.attempts === 1 && known.reply === undefined) this.entries.delete(id);
    return Promise.resolve();
  }
}
