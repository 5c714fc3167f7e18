import { Logger } from '@aws-lambda-powertools/logger';

/** For errors that come outside any call: of idle connections, of clean-up. */
export type FaultReport = (what: string, error: unknown) => void;

/** The service's name and the level come from the POWERTOOLS_* variables. */
export function newLogger(functionName: string): Logger {
  return new Logger({ persistentKeys: { function: functionName } });
}

/** Logs a fault by name and reason; never its stack, which a reader can do nothing with here. */
export function faultReport(logger: Logger): FaultReport {
  return (what, error) => {
    const [fault, reason] =
      error instanceof Error ? [error.name, error.message] : [typeof error, ''];
    logger.warn('fault', { what, fault, reason });
  };
}
