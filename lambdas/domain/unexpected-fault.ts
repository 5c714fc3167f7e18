import { faultWords, placesOf } from './fault-words.ts';
import type { LogFields, Logger } from './log-lines.ts';

/** Where bugs are told, whatever goes on after them. */
export interface BugReports {
  readonly logger: Pick<Logger, 'error'>;
  /** Told of a fault that no server's absence explains. */
  readonly countUnexpected: () => void;
}

/** Tells of a bug, for somebody to mend: it is counted, and logged with its places. */
export function tellUnexpected(
  fault: unknown,
  fields: LogFields,
  { logger, countUnexpected }: BugReports,
): void {
  countUnexpected();
  logger.error('unexpected fault', { ...fields, ...faultWords(fault), at: placesOf(fault) });
}
