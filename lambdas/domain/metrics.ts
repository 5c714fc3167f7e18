/**
 * Every number that is measured: the one list from which code, dashboards and alarms take names,
 * units and dimensions. Nothing is measured per user, and only units of stock per coupon, for the
 * coupons that are open: each combination of dimensions is a series that has to be paid for.
 */

/** What becomes of many values: their sum, how they are distributed, or the last. */
export type MetricKind = 'counter' | 'distribution' | 'gauge';

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

/** Where CloudWatch shows them. */
export const METRIC_NAMESPACE = 'Coupon';

/** Every metric has this dimension besides its own: environments of one account are told apart. */
export const SERVICE_DIMENSION = 'service';

/** The value of {@link SERVICE_DIMENSION} in an environment. */
export function serviceName(environment: string): string {
  return `coupon-${environment}`;
}

export interface MetricDefinition {
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** Values of few kinds each, never an id of a user or an issuance. */
  readonly dimensions: readonly string[];
  /** What it counts or measures, and where: for dashboards, and Prometheus' HELP. */
  readonly help: string;
}

const counter = <const D extends readonly string[]>(help: string, dimensions: D) =>
  ({ kind: 'counter', unit: 'Count', dimensions, help }) as const;
const milliseconds = (help: string) =>
  ({ kind: 'distribution', unit: 'Milliseconds', dimensions: [], help }) as const;
const gauge = <const D extends readonly string[]>(unit: MetricUnit, help: string, dimensions: D) =>
  ({ kind: 'gauge', unit, dimensions, help }) as const;

/** Names as CloudWatch shows them. */
export const METRICS = {
  // A claim's way to its answer.
  Claims: counter('Answers to claims, by what they said: accepted, repeated, or the problem code', [
    'outcome',
  ]),
  ClaimDuration: milliseconds('From the arrival of a claim in the function to its answer'),
  GateDuration: milliseconds('One claim at the gate, waiting for company included'),
  PublishDuration: milliseconds('From the gate’s yes to the acknowledgement of all replicas'),
  // From the log to the ledger.
  RecordBatch: {
    kind: 'distribution',
    unit: 'Count',
    dimensions: [],
    help: 'Records that one delivery brought',
  },
  RecordDuration: milliseconds('One batch, until its transaction is committed'),
  RecordedIssuances: counter('Rows that became issued', []),
  LateRecords: counter('Records of an ended epoch, never stored: nobody was told of them', []),
  QuarantinedRecords: counter('Records that can never be stored', ['reason']),
  IssuedAfter: milliseconds('From the gate’s yes to the committed row'),
  RecordLag: gauge('Count', 'Records in the log that are not yet in the ledger', []),
  // What schedules see.
  GatesClosed: gauge('Count', 'Coupons that should be claimable and whose gate is closed', []),
  GatesOpened: counter('Gates that were opened, or built again', []),
  PendingAge: gauge('Seconds', 'Age of the oldest claim that passed its gate unconfirmed', []),
  SweptClaims: counter('Claims published again by the sweep: published, or failed', ['outcome']),
  ClocksApart: gauge('Seconds', 'By which the clocks of Valkey and PostgreSQL surely differ', []),
  LedgerDrift: gauge('Count', 'Units by which gate, log and ledger do not add up, all coupons', []),
  QuarantineWaiting: gauge('Count', 'Quarantined records that no operator has seen to', []),
  UnitsLeft: gauge('Count', 'What a coupon that is open has still to give', ['couponId']),
  UnitsGiven: gauge('Count', 'What a coupon that is open has given', ['couponId']),
  // After the issue.
  Redemptions: counter(
    'Answers to redemptions, by what they said: redeemed, repeated, or the code',
    ['outcome'],
  ),
  Checkouts: counter('Answers to quotes and holds, by what they said: quoted, held, or the code', [
    'call',
    'outcome',
  ]),
  Notifications: counter('Attempts to send: sent, failed (tried again) or parked', [
    'channel',
    'outcome',
  ]),
  NotificationsWaiting: gauge('Count', 'Notifications that are due and not yet sent', ['channel']),
  NotificationsParked: gauge('Count', 'Notifications given up, waiting for an operator', [
    'channel',
  ]),
  // What nobody expected.
  UnexpectedFaults: counter('Faults that no server’s absence explains: bugs', ['function']),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

/** The definition of a metric of the list, without its own narrow type. */
export function metricDefinition(name: MetricName): MetricDefinition {
  return METRICS[name];
}

/** All that a metric is published with: CloudWatch knows it by exactly these. */
export function dimensionNames(name: MetricName): readonly string[] {
  return [SERVICE_DIMENSION, ...METRICS[name].dimensions];
}

/**
 * What the platform counts by itself, under names of its own; the local stand-in of Lambda does as
 * Lambda does. They are in no code of ours, and dashboards show them beside ours.
 */
export const PLATFORM_METRICS = {
  FunctionErrors: {
    namespace: 'AWS/Lambda',
    name: 'Errors',
    dimension: 'FunctionName',
    help: 'Invocations that failed: thrown, timed out, or ended with their process',
  },
} as const;

/** A value for each dimension of the metric, and for nothing else. */
export type DimensionsOf<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]['dimensions'][number], string>
>;

/** The metrics without dimensions. */
type PlainMetric = {
  [Name in MetricName]: (typeof METRICS)[Name]['dimensions']['length'] extends 0 ? Name : never;
}[MetricName];

/**
 * Takes what is measured. It never throws and never waits: a number that is lost is a number, a
 * claim that waits for one is a user.
 */
export interface Meter {
  /** @param value in the metric's unit; counters are added up */
  record(name: PlainMetric, value: number): void;
  record<Name extends MetricName>(name: Name, value: number, dimensions: DimensionsOf<Name>): void;
}
