import { GateOutcomeUnknown, isServerAway, PublishOutcomeUnknown } from '../domain/ports.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import { AuthenticationUnavailable } from './authenticator.ts';

/** The part of the logger that is used here. */
export interface FaultLogger {
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

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
  onUnexpected?: () => void,
): Answer {
  if (fault instanceof GateOutcomeUnknown || fault instanceof PublishOutcomeUnknown) {
    logger.warn('outcome unknown', { requestId, fault: fault.name, reason: fault.message });
    return problem('outcome_unknown');
  }
  if (isServerAway(fault) || fault instanceof AuthenticationUnavailable) {
    logger.warn('server away', { requestId, fault: fault.name, reason: fault.message });
    return problem('unavailable');
  }
  onUnexpected?.();
  logger.error('unexpected fault', { requestId, ...describe(fault) });
  return problem('unavailable');
}

/** Where it happened, without its message: that may quote a user's data. */
function describe(fault: unknown): Record<string, unknown> {
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const at = fault.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .slice(0, 8);
  return { fault: fault.name, at };
}
