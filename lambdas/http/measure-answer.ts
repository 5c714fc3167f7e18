import type { Clock } from '../domain/deadline.ts';
import type { Meter } from '../domain/metrics.ts';
import type { RouteName } from '../routes.ts';
import type { Answer } from './answer.ts';
import { IDEMPOTENCY_REPLAYED } from './idempotency.ts';
import { resolveRoute } from './router.ts';

/** Where the answers of an HTTP function are counted. */
export interface AnswerMeasure {
  readonly meter: Meter;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Told of a fault that no server's absence explains. */
  readonly countUnexpected: () => void;
}

/** Told of an answer; of the request's route too where it is known by then. */
export type AnswerTold = (answer: Answer, route?: RouteName) => void;

/** Begins to measure a request; what is turned away before it is routed counts by its path. */
export function measureAnswer(
  { meter, clock }: AnswerMeasure,
  { httpMethod, path }: { readonly httpMethod: string; readonly path: string },
): AnswerTold {
  const begun = clock.monotonic();
  const resolved = (): RouteName | undefined => {
    const routing = resolveRoute(httpMethod, path);
    return routing.kind === 'route' ? routing.name : undefined;
  };
  return (answer, known) => {
    const route = known ?? resolved();
    if (route === 'issueCoupon') {
      meter.record('Claims', 1, { outcome: outcomeOf(answer, 202, 'accepted') });
      meter.record('ClaimDuration', clock.monotonic() - begun);
    } else if (route === 'redeemIssuance' || route === 'redeemCode') {
      meter.record('Redemptions', 1, { outcome: outcomeOf(answer, 201, 'redeemed') });
    } else if (route === 'quoteIssuance') {
      meter.record('Checkouts', 1, { call: 'quote', outcome: outcomeOf(answer, 200, 'quoted') });
    } else if (route === 'holdIssuance') {
      meter.record('Checkouts', 1, { call: 'hold', outcome: outcomeOf(answer, 201, 'held') });
    }
  };
}

/** @param first the status of a success that is none of before, and what it is called */
function outcomeOf(answer: Answer, first: number, firstOutcome: string): string {
  if (answer.kind === 'problem') return answer.code;
  const isReplayed = answer.headers?.[IDEMPOTENCY_REPLAYED] !== undefined;
  return answer.status === first && !isReplayed ? firstOutcome : 'repeated';
}
