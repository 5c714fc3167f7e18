import { faultWords } from '../domain/fault-words.ts';
import type { Logger } from '../domain/log-lines.ts';
import { GateOutcomeUnknown, isServerAway, PublishOutcomeUnknown } from '../domain/ports.ts';
import { tellUnexpected } from '../domain/unexpected-fault.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import { AuthenticationUnavailable } from './authenticator.ts';

type FaultLogger = Pick<Logger, 'warn' | 'error'>;

/**
 * Every fault is a 503: asking again is always safe. What the protocol expects is a warning, the
 * rest an error to mend.
 *
 * @param onUnexpected told of that rest
 */
export function answerFault(
  fault: unknown,
  requestId: string,
  logger: FaultLogger,
  onUnexpected: () => void = () => undefined,
): Answer {
  if (fault instanceof GateOutcomeUnknown || fault instanceof PublishOutcomeUnknown) {
    logger.warn('outcome unknown', { requestId, ...faultWords(fault) });
    return problem('outcome_unknown');
  }
  if (isServerAway(fault) || fault instanceof AuthenticationUnavailable) {
    logger.warn('server away', { requestId, ...faultWords(fault) });
    return problem('unavailable');
  }
  tellUnexpected(fault, { requestId }, { logger, countUnexpected: onUnexpected });
  return problem('unavailable');
}
