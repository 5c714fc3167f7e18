import { z } from 'zod';
import { sesError } from './desks/email.ts';
import { slackReply } from './desks/slack.ts';
import { snsError } from './desks/sns.ts';
import { DESKS, type Desk, type Reply } from './message.ts';

/** Of the requests, how many are hit; the others are served well. */
const share = z.number().min(0).max(1).default(1);

const faultSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  /** Nothing is ever answered. */
  z.strictObject({ mode: z.literal('hang'), share }),
  z.strictObject({
    mode: z.literal('refuse'),
    status: z.int().min(300).max(599).optional(),
    /** Seconds, for the header `Retry-After`. */
    retryAfter: z.int().min(0).optional(),
    /** Where a redirect leads. */
    location: z.string().optional(),
    share,
  }),
  /** Connections are reset before anything is read. */
  z.strictObject({ mode: z.literal('down'), share }),
  /** It is taken, and the answer is lost. */
  z.strictObject({ mode: z.literal('cut'), share }),
  z.strictObject({ mode: z.literal('slow'), ms: z.int().min(0), share }),
]);

export type Fault = z.infer<typeof faultSchema>;

const faultsSchema = z.strictObject(
  Object.fromEntries(DESKS.map((desk) => [desk, faultSchema.optional()])) as Record<
    Desk,
    z.ZodOptional<typeof faultSchema>
  >,
);

/** What is wrong on purpose at each desk. Which requests it hits is told by counting, not by chance. */
export class Faults {
  readonly #faults = new Map<Desk, Fault>();
  readonly #counts = new Map<Desk, number>();

  /**
   * Desks that are not named stay as they are.
   * @throws z.ZodError
   */
  set(wanted: unknown): void {
    for (const [desk, fault] of Object.entries(faultsSchema.parse(wanted))) {
      if (fault === undefined) continue;
      this.#faults.set(desk as Desk, fault);
      this.#counts.set(desk as Desk, 0);
    }
  }

  get current(): Readonly<Record<Desk, Fault>> {
    const entries = DESKS.map((desk) => [desk, this.#faults.get(desk) ?? { mode: 'none' }]);
    return Object.fromEntries(entries) as Record<Desk, Fault>;
  }

  /** What befalls the next request at a desk: of a share of a half, every second one is hit. */
  next(desk: Desk): Fault {
    const fault = this.#faults.get(desk) ?? { mode: 'none' };
    if (fault.mode === 'none') return fault;
    const count = this.#counts.get(desk) ?? 0;
    this.#counts.set(desk, count + 1);
    const isHit = Math.floor((count + 1) * fault.share) > Math.floor(count * fault.share);
    return isHit ? fault : { mode: 'none' };
  }
}

/** As whom the desk stands for would say it. */
export function refusal(desk: Desk, fault: Fault & { readonly mode: 'refuse' }): Reply {
  const reply = refusalOf(desk, fault.status ?? USUAL[desk]);
  const headers = {
    ...reply.headers,
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
    ...(fault.location === undefined ? {} : { location: fault.location }),
  };
  return { ...reply, headers };
}

/** SES and Slack refuse when it is too much, the others when they are not well. */
const USUAL: Readonly<Record<Desk, number>> = {
  email: 429,
  sns: 503,
  slack: 429,
  webhook: 503,
  users: 503,
};

function refusalOf(desk: Desk, status: number): Reply {
  const kind = (refused: string): string => {
    if (status === 429) return 'TooManyRequestsException';
    if (status === 400) return refused;
    return status < 500 ? 'AccessDeniedException' : 'InternalFailure';
  };
  if (desk === 'email') return sesError(status, kind('MessageRejected'));
  if (desk === 'sns')
    return snsError(status, status === 429 ? 'Throttled' : kind('InvalidParameter'));
  if (desk === 'slack') return slackReply(status, status === 429 ? 'rate_limited' : 'rollup_error');
  return { status, headers: { 'content-type': 'text/plain' }, body: 'refused on purpose' };
}
