import type { LogField, LogMessage } from '../../lambdas/domain/log-lines.ts';
import type { FunctionName } from '../functions.ts';

/** What a query may name: CloudWatch's own fields, those of every line, and those of the list. */
export type QueryField = '@timestamp' | '@message' | 'level' | 'function' | 'message' | LogField;

type Condition =
  | { readonly field: QueryField; readonly is: string }
  | { readonly field: QueryField; readonly atLeast: number }
  /** The whole line, as it is written: also what stands in its lists. */
  | { readonly contains: string };

export interface LogQuery {
  readonly name: string;
  /** Whose logs it looks at; all functions' unless it says so. */
  readonly of?: readonly FunctionName[];
  readonly show: readonly QueryField[];
  readonly where: readonly Condition[];
  /** Counts lines by these, instead of showing them. */
  readonly countBy?: readonly QueryField[];
  readonly sort: { readonly by: QueryField | 'lines'; readonly order: 'asc' | 'desc' };
  readonly limit: number;
}

/** To be overwritten by whoever asks; they find nothing. */
export const SOME_REQUEST = '1-00000000-000000000000000000000000';
export const SOME_ISSUANCE = 'couponcoupon_0000000000000000000000';

const message = (is: LogMessage): Condition => ({ field: 'message', is });

const STORY: readonly QueryField[] = [
  '@timestamp',
  'function',
  'level',
  'message',
  'outcome',
  'status',
  'issuanceId',
  'ms',
  'reason',
  '@message',
];

/** What is asked of the logs at an event; docs/logs.md says how. */
export const LOG_QUERIES: readonly LogQuery[] = [
  {
    name: 'Where is this coupon - all lines of an issuance',
    show: STORY,
    where: [{ contains: SOME_ISSUANCE }],
    sort: { by: '@timestamp', order: 'asc' },
    limit: 1_000,
  },
  {
    name: 'One request from end to end',
    show: STORY,
    where: [{ contains: SOME_REQUEST }],
    sort: { by: '@timestamp', order: 'asc' },
    limit: 1_000,
  },
  {
    name: 'Rejections by reason',
    of: ['issue'],
    show: ['couponId', 'outcome', 'status'],
    where: [message('claim'), { field: 'status', atLeast: 400 }],
    countBy: ['outcome', 'status', 'couponId'],
    sort: { by: 'lines', order: 'desc' },
    limit: 1_000,
  },
  {
    name: 'Slowest publishes',
    of: ['issue'],
    show: ['@timestamp', 'publishMs', 'gateMs', 'ms', 'outcome', 'requestId', 'issuanceId'],
    where: [message('claim'), { field: 'publishMs', atLeast: 0 }],
    sort: { by: 'publishMs', order: 'desc' },
    limit: 100,
  },
  {
    name: 'Quarantined records',
    of: ['record'],
    show: ['@timestamp', 'reason', 'topic', 'partition', 'offset', 'requestId'],
    where: [message('record quarantined')],
    sort: { by: '@timestamp', order: 'desc' },
    limit: 1_000,
  },
  {
    name: 'Unexpected faults',
    show: ['@timestamp', 'function', 'message', 'fault', 'reason', 'requestId', '@message'],
    where: [{ field: 'level', is: 'ERROR' }],
    sort: { by: '@timestamp', order: 'desc' },
    limit: 1_000,
  },
  {
    name: 'Servers that were away',
    show: ['function', 'message', 'what', 'fault', 'reason'],
    where: [{ field: 'level', is: 'WARN' }],
    countBy: ['function', 'message', 'what', 'fault', 'reason'],
    sort: { by: 'lines', order: 'desc' },
    limit: 1_000,
  },
];

/** In CloudWatch Logs Insights' language. */
export function insightsText({ show, where, countBy, sort, limit }: LogQuery): string {
  const conditions = where.map((condition) =>
    'contains' in condition
      ? `@message like "${condition.contains}"`
      : 'is' in condition
        ? `${condition.field} = "${condition.is}"`
        : `${condition.field} >= ${condition.atLeast}`,
  );
  return [
    ...(countBy === undefined ? [`fields ${show.join(', ')}`] : []),
    `filter ${conditions.join(' and ')}`,
    ...(countBy === undefined ? [] : [`stats count(*) as lines by ${countBy.join(', ')}`]),
    `sort ${sort.by} ${sort.order}`,
    `limit ${limit}`,
  ].join('\n| ');
}
