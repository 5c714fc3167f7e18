import type { ClaimOrigin } from '../../lambdas/domain/claim-origin.ts';
import type { Clock, Deadline } from '../../lambdas/domain/deadline.ts';
import { isPast } from '../../lambdas/domain/deadline.ts';
import type { ClaimLog, LogPositions } from '../../lambdas/domain/ports.ts';
import { LogUnavailable, PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';

/** What the log does with the next publishes. */
export type LogMood =
  | 'well'
  /** No connection. */
  | 'away'
  /** It appends, and its acknowledgement is lost. */
  | 'reply lost'
  /** It loses the record. */
  | 'request lost';

/** The claims topic in memory, with one partition; the contract suite holds it to Kafka. */
export class MemoryClaimLog implements ClaimLog, LogPositions {
  readonly topic = 'claims';
  readonly records: { key: string; value: string; origin?: ClaimOrigin }[] = [];
  mood: LogMood = 'well';
  /** What the record group has committed. */
  committed = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ready(_waitMs: number): Promise<void> {
    return this.mood === 'away' ? Promise.reject(new LogUnavailable('away')) : Promise.resolve();
  }

  publish(key: string, value: string, deadline: Deadline, origin?: ClaimOrigin): Promise<void> {
    const unknown = new PublishOutcomeUnknown(this.mood);
    if (this.mood === 'away' || isPast(this.#clock, deadline)) return Promise.reject(unknown);
    if (this.mood !== 'request lost') {
      this.records.push({ key, value, ...(origin === undefined ? {} : { origin }) });
    }
    return this.mood === 'well' ? Promise.resolve() : Promise.reject(unknown);
  }

  discardExpired(): void {
    // Nothing ever waits here.
  }

  endOffsets(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve({ '0': String(this.records.length) });
  }

  committedOffsets(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve({ '0': String(this.committed) });
  }
}
