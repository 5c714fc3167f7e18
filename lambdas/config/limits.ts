import type { DeliverySettings } from '../domain/sending-pace.ts';
import type { GrantSettings } from '../domain/grant.ts';
import type { CheckSettings } from '../domain/ledger-check.ts';
import type { RestoreSettings } from '../domain/restore-gate.ts';

/**
 * The times on which the protocol rests, in milliseconds. They are kept together because they
 * depend on each other.
 */

/** From before the gate call until the acknowledgement: later it is no success any more. */
export const PUBLISH_BUDGET_MS = 3_000;

/** How long a claim waits for a connection to Kafka before it asks the gate: nothing is taken then. */
export const CONNECT_WAIT_MS = 1_000;

/** How long a call waits for a lost connection to the gate to come back. */
export const GATE_CONNECT_WAIT_MS = 600;

/** A gate command; well within the publish budget, and longer than any pause of a busy server. */
export const GATE_TIMEOUT_MS = 1_200;

/**
 * Lets clocks and replicas differ a little. It does not cover a primary that has lost its replicas:
 * with `min-replicas-to-write 1` that one goes on for up to `min-replicas-max-lag` + 1.6 s
 * (measured on Valkey 9.1), so nobody may promote another sooner.
 */
const SETTLE_MARGIN_MS = 1_000;

/** After a gate is closed: whoever passed it has published by then, or gives up. */
const SETTLE_MS = PUBLISH_BUDGET_MS + SETTLE_MARGIN_MS;

/** A pending claim this old has nobody waiting for it. */
export const SWEEP_AGE_MS = PUBLISH_BUDGET_MS + SETTLE_MARGIN_MS;

/** Kafka keeps a record for this long; the topic is created with it. */
export const TOPIC_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/** Clocks of the cache, the database and the brokers differ by less. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

/**
 * Servers whose clocks are synchronised differ by milliseconds. The gate's decides on the issue
 * window: from here on users would notice.
 */
export const CLOCK_TOLERANCE_MS = 5_000;

/**
 * Valkey may forget a gate this long after its issue window: no record of it can be delivered any
 * more. Shorter, and a user would be let in again; after it the window itself refuses.
 */
const FORGET_GATE_AFTER_MS = TOPIC_RETENTION_MS + CLOCK_SKEW_MS;

/** How a gate is rebuilt. */
export const RESTORE_SETTINGS: RestoreSettings = {
  settleMs: SETTLE_MS,
  // The next call goes on waiting.
  drainMs: 25_000,
  drainPollMs: 200,
  // A rebuild renews its lease while it works; one that was killed or frozen is taken over this
  // long after its last sign of life.
  leaseMs: 8_000,
  // Each chunk blocks Valkey for about a millisecond.
  chunkSize: 500,
  forgetAfterMs: FORGET_GATE_AFTER_MS,
};

/** Gates rebuilt at the same time by one invocation: most of the time each of them only waits. */
export const RESTORE_CONCURRENCY = 50;

/** Pending claims of a coupon whose window is over are swept for a day more. */
export const SWEEP_ENDED_MS = 24 * 60 * 60 * 1000;

/** One run of the sweep. */
export const SWEEP_SETTINGS = {
  // Gates that hang for 1.8 s each: those of a hundred coupons are asked in 18 s.
  concurrency: 10,
  // For Kafka: nobody waits for the sweep, and a run that gets no connection asks for none again.
  connectWaitMs: 5_000,
  // Within the function's minute, also where Kafka hangs and the ledger takes long around it.
  runMs: 25_000,
} as const;

/** For functions that a user waits for: a call to the database that takes longer is a 503. */
export const HTTP_DATABASE = {
  maxConnections: 4,
  connectTimeoutMs: 800,
  statementTimeoutMs: 1_000,
} as const;

/** For functions that work in the background, on large batches and under row locks. */
export const BACKGROUND_DATABASE = {
  maxConnections: 10,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 15_000,
} as const;

/** For renewing leases beside the rebuilds; each takes a millisecond. */
export const LEASE_CONNECTIONS = 2;

/** A gate command of a function that nobody waits for: a stalled server may come back. */
export const BACKGROUND_GATE_TIMEOUT_MS = 5_000;

/**
 * One shopper's requests. A burst of 300 lets any page load, any retry and 200 presses of a button
 * pass; 30 a second come back, so the burst is whole again after 10 s, and 100 hostile users get no
 * more than 3,000 requests a second through for long.
 */
export const REQUEST_LIMIT = { burst: 300, perSecond: 30 } as const;

/** A count takes a millisecond; no call waits longer for one, and one call a second at most. */
export const RATE_LIMITER = { timeoutMs: 250, pauseMs: 1_000 } as const;

/** For this long a key means the same request: retries of a day's outage, and no longer. */
export const IDEMPOTENCY_TTL_SECONDS = 24 * 60 * 60;
/** How long one run of the grant function goes on; the last chunk may take some seconds more. */
const GRANT_RUN_MS = 90_000;

/** The work on grants in bulk. */
export const GRANT_SETTINGS: GrantSettings = {
  chunkSize: 50,
  // A tenth of the spike that the system is built for: 10,000 users take 34 s, and shoppers who
  // come meanwhile keep nine tenths of the gate and of Kafka.
  claimsPerSecond: 300,
  // A chunk whose servers hang takes 6 s: waiting for Kafka and the gate, then the publish budget.
  leaseMs: 10_000,
  runMs: GRANT_RUN_MS,
};

/** The comparison of gate, log and ledger. */
export const CHECK_SETTINGS: CheckSettings = {
  // What is lost in the last second of a window is found too.
  endedMs: 60 * 60 * 1000,
  // Longer than a broker that has just become the leader takes to know what is acknowledged.
  againMs: 1_000,
  maxQuarantined: 200,
};

/**
 * So long after its beginning a run of the notify function begins attempts. The last has the 8 s of
 * its channel, and what came of it the 15 s of a statement to be written: 113 s of the function's 120.
 */
export const NOTIFY_RUN_MS = 90_000;

/** A third of it at most goes by before what is due is sent: summaries wait for a gate that is away. */
export const NOTIFY_PLANNING_MS = 30_000;

/** For so long it asks for a channel by which the record function, a second at a time, sends. */
export const NOTIFY_PATIENCE_MS = 3_000;

/** A batch of so many records or less has caught up with the log: what it tells of is sent at once. */
export const CAUGHT_UP_RECORDS = 50;

/** No more than this delays the next batch. */
const SENDING_AT_RECORD_MS = 1_000;

/**
 * Less than this is not worth an attempt: a new connection over TLS and an answer take half a second
 * on a good day, and what is cut off may have arrived, and arrives again.
 */
const LEAST_ATTEMPT_MS = 700;

/** What the record function sends by itself. */
export const NOTIFY_AT_RECORD = {
  budgetMs: SENDING_AT_RECORD_MS - LEAST_ATTEMPT_MS,
  // A minute: the schedule sends meanwhile. Of a slow channel each process cuts a few a minute.
  haste: { cutMs: SENDING_AT_RECORD_MS, leaveMs: 60_000 },
  limit: 20,
} as const;

/**
 * Notifications are kept for this long after they were sent, or there was nobody to tell. Much longer
 * than a reminder comes before the end of the validity: it would come again otherwise.
 */
export const NOTIFICATION_TTL_SECONDS = 90 * 24 * 60 * 60;

/** So long after its end, or its closing, a coupon's summary waits for records that may never come. */
export const SUMMARY_WAITS_MS = 60 * 60 * 1000;

/** How notifications are sent. */
export const DELIVERY_SETTINGS: DeliverySettings = {
  // Attempts at the same time: the rate × what an answer takes at most on a good day (half a second).
  paces: {
    // What SES gives an account that has left the sandbox; `NOTIFY_RATES` where it gives more.
    email: { perSecond: 14, concurrency: 8, timeoutMs: 8_000, pausesAfter: 10 },
    // A third of what the slowest region takes.
    sns: { perSecond: 100, concurrency: 20, timeoutMs: 8_000, pausesAfter: 10 },
    // Slack's limit for an incoming webhook.
    slack: { perSecond: 1, concurrency: 1, timeoutMs: 8_000, pausesAfter: 3 },
    // A shop's system is built for its orders, not for our spike.
    webhook: { perSecond: 50, concurrency: 25, timeoutMs: 8_000, pausesAfter: 10 },
  },
  // 1 min, 2 min … 8.5 h, 12 h: the twelfth and last at most 29 hours after the first, half that on
  // the average. A channel that is away for a day costs few of them their tries: it pauses.
  backOff: { firstMs: 60_000, mostMs: 12 * 60 * 60 * 1000, tries: 12 },
  pauses: { firstMs: 10_000, mostMs: 5 * 60_000, tries: 1 },
  // Five seconds' worth is taken at once, and may take an attempt of eight seconds longer.
  takenMs: 60_000,
  chunkSize: 250,
};
