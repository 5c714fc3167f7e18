import { systemClock } from '../adapters/clock/system-clock.ts';
import { agentConnection } from '../adapters/emf/agent-connection.ts';
import { emfMeter, FLUSH_INTERVAL_MS } from '../adapters/emf/emf-meter.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Meter } from '../domain/metrics.ts';
import { isExpectedFault } from '../domain/ports.ts';

/** The same handler with something around it. */
type Around = <Args extends unknown[], Result>(
  handler: (...args: Args) => Result,
) => (...args: Args) => Promise<Awaited<Result>>;

/** A function's meter, which its entry puts around the handler. */
export interface FunctionMeter extends Meter {
  /** Counts a fault that no server's absence explains. */
  readonly countUnexpected: () => void;
  /** Around what answers users: it writes once a second, and a frozen process keeps the rest. */
  readonly afterRequests: Around;
  /** Around what a schedule or the log invokes: it writes each time, and counts what is thrown. */
  readonly afterRuns: Around;
}

/**
 * On AWS each line goes to stdout, from where Lambda's log brings it to CloudWatch; with
 * `AWS_EMF_AGENT_ENDPOINT` (as CloudWatch's agent is named to its clients) to that agent.
 *
 * @param environment the process' variables
 */
export function openMeter(
  environment: NodeJS.ProcessEnv,
  functionName: string,
  onFault: FaultReport,
): FunctionMeter {
  const { AWS_EMF_AGENT_ENDPOINT: agent, POWERTOOLS_SERVICE_NAME: service = 'coupon' } =
    environment;
  const write = agent
    ? agentConnection(agent, (lines) => {
        onFault('metrics', new Error(`${lines} lines were dropped`));
      })
    : // Not by the console, which Lambda would wrap.
      (line: string) => void process.stdout.write(`${line}\n`);
  const meter = emfMeter({ service, clock: systemClock, write });
  const countUnexpected = (): void => {
    meter.record('UnexpectedFaults', 1, { function: functionName });
  };
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  // For a process that goes on after its reply. In one that was frozen it comes due just before the
  // next invocation, whose end is soon enough: writing now would leave that invocation for later.
  const flushLater = (): void => {
    timer ??= after(FLUSH_INTERVAL_MS, () => {
      timer = after(THAW_MS, () => {
        timer = undefined;
        if (inFlight === 0) meter.flush();
      });
    });
  };

  return {
    ...meter,
    countUnexpected,
    afterRequests: around({
      begun: () => {
        inFlight += 1;
      },
      ended: () => {
        inFlight -= 1;
        meter.flushIfDue();
        flushLater();
      },
    }),
    afterRuns: around({
      failed: (error) => {
        if (!isExpectedFault(error)) countUnexpected();
      },
      ended: () => {
        meter.flush();
      },
    }),
  };
}

/** A process that is thawed has its invocation by then. */
const THAW_MS = 50;

interface Sides {
  readonly begun?: () => void;
  readonly failed?: (error: unknown) => void;
  readonly ended: () => void;
}

/** Never keeps the process alive. */
function after(ms: number, work: () => void): NodeJS.Timeout {
  return setTimeout(work, ms).unref();
}

function around({ begun, failed, ended }: Sides): Around {
  return <Args extends unknown[], Result>(handler: (...args: Args) => Result) =>
    async (...args: Args): Promise<Awaited<Result>> => {
      begun?.();
      try {
        return await handler(...args);
      } catch (error) {
        failed?.(error);
        throw error;
      } finally {
        ended();
      }
    };
}
