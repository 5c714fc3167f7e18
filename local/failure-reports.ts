import type { InvocationOutcome } from './lambda/invocation.ts';

/** A function that fails all the time is worth a line on the screen this often. */
const SCREEN_INTERVAL_MS = 30_000;

/** Writes every failed invocation to the functions' log, and the first of a series to the screen. */
export function failureReports(
  screen: (line: string) => void,
): (functionName: string, outcome: InvocationOutcome) => void {
  const shown = new Map<string, number>();
  return (functionName, outcome) => {
    const reason = describe(outcome);
    console.error(JSON.stringify({ level: 'ERROR', functionName, message: reason, outcome }));
    const last = shown.get(functionName) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - last < SCREEN_INTERVAL_MS) return;
    shown.set(functionName, performance.now());
    screen(`${functionName} failed: ${reason} (more in logs/functions.log)`);
  };
}

function describe(outcome: InvocationOutcome): string {
  if (outcome.kind === 'failed') {
    return `${outcome.error.errorType}: ${outcome.error.errorMessage}`;
  }
  return outcome.kind === 'throttled' ? 'throttled' : '';
}
