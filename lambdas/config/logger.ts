import { Logger } from '@aws-lambda-powertools/logger';

/** For errors that come outside any call: of idle connections, of clean-up. */
export type FaultReport = (what: string, error: unknown) => void;

/** The service's name and the level come from the POWERTOOLS_* variables. */
export function newLogger(functionName: string): Logger {
  return new Logger({ persistentKeys: { function: functionName } });
}

/** Logs a fault by name and reason; never its stack, which a reader can do nothing with here. */
export function faultReport(logger: Logger): FaultReport {
  const lastLogged = new Map<string, number>();
  return (what, error) => {
    const [fault, reason] =
      error instanceof Error ? [error.name, error.message] : [typeof error, ''];
    // The wall clock may be set back: then nothing would be logged until it is there again.
    const now = performance.now();
    // A server that is away fails ten times a second in each process; once says it.
    if (now - (lastLogged.get(what) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    lastLogged.set(what, now);
    logger.warn('fault', { what, fault, reason });
  };
}

/** The same kind of fault is logged once in this time. */
const QUIET_MS = 5_000;
