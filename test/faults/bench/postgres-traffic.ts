import type { ProxiedConnection } from '../../support/tcp-proxy.ts';
import type { Direction, Spoiler, Verdict } from './link.ts';

/** A record function's transaction, or the one statement of a redemption. */
export type PostgresWork = 'record' | 'redemption';

/** A simple query, as the driver sends its BEGIN, COMMIT and ROLLBACK. */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0');
const ROLLBACK = Buffer.from('Q\0\0\0\x0dROLLBACK\0');
/** An error's fields are S, V, C, M …: the code stands before the message. */
const SQLSTATE = /\0C([0-9A-Z]{5})\0M/g;

interface UnderWay {
  readonly work: PostgresWork;
  /** The next reply is that of the commit: all is done by then. */
  isCommitting: boolean;
}

/**
 * Watches what PostgreSQL is asked and answers. A connection asks one thing at a time, and the
 * driver writes each statement at once, so every piece of traffic can be judged by itself.
 */
export class PostgresTraffic {
  /** Work whose connection was closed before it was answered. */
  readonly lost: Record<PostgresWork, number> = { record: 0, redemption: 0 };
  /** Errors by their SQLSTATE. */
  readonly errors = new Map<string, number>();
  /** To be given to the link. */
  readonly spoiler: Spoiler;
  readonly #underWay = new Map<ProxiedConnection, UnderWay>();
  readonly #watched = new WeakSet<ProxiedConnection>();
  readonly #commitReply: (work: PostgresWork) => Verdict;

  /** @param commitReply what is to become of the reply that tells of a commit */
  constructor(commitReply: (work: PostgresWork) => Verdict = () => 'pass') {
    this.#commitReply = commitReply;
    this.spoiler = (bytes, direction, connection) => this.#see(bytes, direction, connection);
  }

  underWay(work: PostgresWork): number {
    return [...this.#underWay.values()].filter((each) => each.work === work).length;
  }

  #see(bytes: Buffer, direction: Direction, connection: ProxiedConnection): Verdict {
    if (direction === 'requests') {
      this.#asked(bytes, connection);
      return 'pass';
    }
    for (const [, code = ''] of bytes.toString('latin1').matchAll(SQLSTATE)) {
      this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
    }
    const current = this.#underWay.get(connection);
    if (current?.isCommitting !== true) return 'pass';
    this.#underWay.delete(connection);
    return this.#commitReply(current.work);
  }

  #asked(bytes: Buffer, connection: ProxiedConnection): void {
    if (bytes.includes('INSERT INTO issuances')) {
      this.#begin(connection, { work: 'record', isCommitting: false });
    } else if (bytes.includes('INSERT INTO redemptions')) {
      this.#begin(connection, { work: 'redemption', isCommitting: true });
    } else if (bytes.equals(ROLLBACK)) {
      this.#underWay.delete(connection);
    } else if (bytes.equals(COMMIT)) {
      const current = this.#underWay.get(connection);
      if (current !== undefined) current.isCommitting = true;
    }
  }

  #begin(connection: ProxiedConnection, work: UnderWay): void {
    this.#underWay.set(connection, work);
    if (this.#watched.has(connection)) return;
    this.#watched.add(connection);
    connection.client.once('close', () => {
      const last = this.#underWay.get(connection);
      if (last === undefined) return;
      this.#underWay.delete(connection);
      this.lost[last.work] += 1;
    });
  }
}
