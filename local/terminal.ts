import { Console } from 'node:console';
import { createWriteStream, renameSync } from 'node:fs';

/** What the user sees. */
export interface Terminal {
  /** A line with the time since the start. */
  readonly progress: (line: string) => void;
  /** Text as it is. */
  readonly print: (text: string) => void;
}

/**
 * Keeps the terminal for the stack's own lines: from now on `process.stdout`, `process.stderr` and
 * `console` write to the functions' log, as a Lambda's do to CloudWatch, and what they wrote in
 * the run before is kept beside it.
 */
export function takeTerminal(): Terminal & { readonly sendOutputTo: (logFile: string) => void } {
  const screen = process.stdout;
  // A closed terminal (SIGHUP) or pipe must not end the stack before it has stopped its servers.
  screen.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const begun = performance.now();
  return {
    progress: (line) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      screen.write(`${seconds.padStart(6)} s  ${line}\n`);
    },
    print: (text) => screen.write(text),
    sendOutputTo: (logFile) => {
      keepPrevious(logFile);
      const log = createWriteStream(logFile, { flags: 'a' });
      log.on('error', () => undefined);
      for (const name of ['stdout', 'stderr']) {
        Object.defineProperty(process, name, { value: log, configurable: true });
      }
      globalThis.console = new Console({ stdout: log, stderr: log });
    },
  };
}

function keepPrevious(logFile: string): void {
  try {
    renameSync(logFile, `${logFile}.previous`);
  } catch {
    // There was none.
  }
}
