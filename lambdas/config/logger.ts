import { Logger as Powertools } from '@aws-lambda-powertools/logger';
import { faultWords } from '../domain/fault-words.ts';
import type { LogFields, Logger } from '../domain/log-lines.ts';
import { isExpectedFault } from '../domain/ports.ts';
import { tellUnexpected } from '../domain/unexpected-fault.ts';
import { AllowListed } from './log-format.ts';

/** For errors that come outside any call: of idle connections, of clean-up. */
export type FaultReport = (what: string, error: unknown) => void;

/** The service's name and the level come from the POWERTOOLS_* variables. */
export function newLogger(functionName: string): Logger {
  const powertools = new Powertools({ logFormatter: new AllowListed(functionName) });
  const writesInfo = powertools.level <= INFO;
  return {
    writesInfo,
    info: (message, fields) => {
      if (writesInfo) powertools.info(message, asAttributes(fields));
    },
    warn: (message, fields) => {
      powertools.warn(message, asAttributes(fields));
    },
    error: (message, fields) => {
      powertools.error(message, asAttributes(fields));
    },
  };
}

/** Powertools' number of the level. */
const INFO = 12;

function asAttributes(fields: LogFields): Record<string, unknown> {
  return fields;
}

/**
 * Logs a fault by name and reason; never its stack, which a reader can do nothing with here. For
 * connections and the like: that a driver fails outside any call is no bug, whatever it says.
 */
export function faultReport(logger: Pick<Logger, 'warn'>): FaultReport {
  const isQuiet = quietAfterwards();
  return (what, error) => {
    if (!isQuiet(what)) logger.warn('fault', { what, ...faultWords(error) });
  };
}

/** For work whose faults keep nothing else from going on: what nobody expects of them is a bug. */
export function workFaultReport(
  logger: Pick<Logger, 'warn' | 'error'>,
  countUnexpected: () => void,
): FaultReport {
  const reportExpected = faultReport(logger);
  const isQuiet = quietAfterwards();
  return (what, error) => {
    if (isExpectedFault(error)) reportExpected(what, error);
    else if (isQuiet(what)) countUnexpected();
    else tellUnexpected(error, { what }, { logger, countUnexpected });
  };
}

/** A server that is away fails ten times a second in each process; once says it. */
function quietAfterwards(): (what: string) => boolean {
  const lastLogged = new Map<string, number>();
  return (what) => {
    // The wall clock may be set back: then nothing would be logged until it is there again.
    const now = performance.now();
    if (now - (lastLogged.get(what) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return true;
    lastLogged.set(what, now);
    return false;
  };
}

/** The same kind of fault is logged once in this time. */
const QUIET_MS = 5_000;
