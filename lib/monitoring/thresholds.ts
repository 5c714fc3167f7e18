import type { Environment } from '../environments/environment.ts';

/**
 * From where on somebody is told, each with its reason. Alarms, their tests and the runbook take
 * them from here.
 */

/** CloudWatch's finest period without a higher price; the schedules measure once in it as well. */
export const PERIOD_S = 60;

/** Fewer claims in a minute than one a second are no event: a share of them says nothing. */
export const CLAIMS_OF_AN_EVENT = 60;

/**
 * Of fewer values in a period the slowest one in a hundred is a part of one. CloudWatch's own way
 * with few values keeps the alarm as it was, for as long as they are few, and so rings on after a spike.
 */
export const VALUES_OF_A_P99 = 100;

/** One in a hundred told to come back is a server that was away for half a second in a minute. */
export const UNSURE_SHARE = 0.01;

/** One in twenty, minute after minute: a spike comes once, and who is turned away may not come back. */
export const REFUSED_SHARE = 0.05;

/** Bar of the load test is 100 ms; ten times that is what a person notices at a button. */
export const CLAIM_P99_MS = 1_000;

/** A gate answers in 1 to 10 ms (synchronous durability), and is given up after 1,200 ms. */
export const GATE_P99_MS = 300;

/** A third of the publish budget of 3 s: from there on claims begin to miss it. */
export const PUBLISH_P99_MS = 1_000;

/** The bar from the 202 to the row is 2 s at 3,000 a second; at twice that users see `accepted`. */
export const ISSUED_AFTER_P99_MS = 4_000;

/** What comes in 2 s of a spike of 3,000 a second: more than that is behind the bar above. */
export const RECORD_LAG = 6_000;

/** The sweep comes once a minute and takes what is older than 4 s: two of its runs have failed. */
export const PENDING_AGE_S = 150;

/** Single orders that are told to ask again are those that were under way in a fail-over. */
export const REDEMPTIONS_UNAVAILABLE = 5;

/** E-mail at 14 a second (a new account at SES) takes so long for an event's 12,000. */
export const NOTIFICATIONS_WAIT_MINUTES = 15;

/** A handful are crawlers and clients that hang up; users see more than that. */
export const ELB_5XX = 5;

/** Five a second, of a function that is no issue: claims have alarms of their own. */
export const TARGET_5XX = 300;

/** Every call gives its 503 within 5 s; the healthy ones take milliseconds. */
export const RESPONSE_P99_S = 2;

/** At 85 % MSK’s guide asks for more storage; brokers end when it is full. */
export const DISK_PERCENT = 85;

/** Valkey’s own buffers take a tenth at a fail-over, and full memory refuses every claim. */
export const MEMORY_PERCENT = 80;

/** One core runs all scripts: above this they queue. */
export const ENGINE_CPU_PERCENT = 80;

export const DATABASE_CPU_PERCENT = 80;

/** A tenth of what it was made with: autoscaling of storage begins there, and needs hours between. */
export function leastFreeBytes({ database }: Environment): number {
  return database.gigabytes * 0.1 * 1024 ** 3;
}

/**
 * Four fifths of `max_connections`, which RDS sets to memory / 9,531,392 bytes and 5,000 at most.
 * Unknown sizes are taken for the smallest.
 */
export function mostConnections({ database }: Environment): number {
  const gigabytes = MEMORY_GB[database.instanceType.split('.').at(-1) ?? ''] ?? 1;
  return Math.floor(0.8 * Math.min(5_000, (gigabytes * 1024 ** 3) / 9_531_392));
}

/** Of t4g and m7g, which have the same of these sizes. */
const MEMORY_GB: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
  '4xlarge': 64,
};
