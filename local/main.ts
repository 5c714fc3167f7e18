/**
 * `npm start`: the whole system on this machine, until Ctrl-C.
 *
 * Variables: COUPON_PORT (8080), COUPON_ISSUER_PORT (8090), COUPON_METRICS_PORT (a free one),
 * COUPON_STATE_DIR (.local),
 * COUPON_ENVIRONMENTS (N processes a function instead of this one), COUPON_LOG_LEVEL (WARN),
 * COUPON_FUNCTIONS_DIR (bundles instead of the sources);
 * VALKEY_URL, KAFKA_BROKERS, DATABASE_URL, JWT_ISSUER for servers that run already.
 */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Closing } from './closing.ts';
import { demoCoupon, gateOpens } from './demo-coupon.ts';
import { readSettings, type Settings } from './settings.ts';
import { startStack, type Stack } from './stack.ts';
import { openStateDir, type StatePaths } from './state.ts';
import { takeTerminal } from './terminal.ts';
import { welcome } from './welcome.ts';

// Else V8 shares each collection of young objects with its helper threads and waits for them; on two
// cores that Kafka, PostgreSQL and Valkey use as well, they come late, and so does every answer.
setFlagsFromString('--no-parallel-scavenge');

/** npm passes Ctrl-C on, so one keystroke may arrive twice; the second within this time is the same. */
const SAME_KEYSTROKE_MS = 1000;

const terminal = takeTerminal();
const closing = new Closing(terminal.progress);
const stopping = new AbortController();
let firstSignalAt: number | undefined;

function onSignal(): void {
  if (firstSignalAt === undefined) {
    firstSignalAt = performance.now();
    terminal.progress('Stopping: answering what is in flight (once more to hurry)');
    stopping.abort(new Error('Stopped while starting'));
  } else if (performance.now() - firstSignalAt > SAME_KEYSTROKE_MS) {
    closing.hurry();
  }
}

function onFault(error: unknown): void {
  // On Lambda this would end one environment; here it must not end everybody else's requests.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(text);
  terminal.progress(`Not caught by anybody: ${text}`);
}

async function showWelcome(stack: Stack, settings: Settings, paths: StatePaths): Promise<void> {
  const { endpoints, lambda } = stack;
  // An issuer of somebody else's gives us no operator's token.
  const demo =
    settings.external.jwtIssuer === undefined
      ? await demoCoupon(paths, endpoints.api, endpoints.issuer).catch((error: unknown) => {
          terminal.progress(String(error));
          return undefined;
        })
      : undefined;
  if (demo !== undefined) {
    const restore = (event: unknown) => lambda.invoke('restore', event);
    const open = await gateOpens(demo.id, restore, stopping.signal);
    if (!open) terminal.progress(`Coupon ${demo.id} cannot be claimed yet: its gate is closed`);
  }
  const custom = process.env['COUPON_STATE_DIR'] === undefined ? undefined : paths.root;
  terminal.print(welcome(endpoints, demo, custom));
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const paths = await openStateDir(settings.stateDir);
  const stack = await startStack({
    settings,
    paths,
    closing,
    progress: terminal.progress,
    beforeFunctions: () => {
      terminal.sendOutputTo(join(paths.logs, 'functions.log'));
    },
    signal: stopping.signal,
  });
  await showWelcome(stack, settings, paths);
  terminal.progress('ready; Ctrl-C stops everything');
  await new Promise((resolve) => {
    stopping.signal.addEventListener('abort', resolve);
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
process.on('uncaughtException', onFault);
process.on('unhandledRejection', onFault);

let exitCode = 0;
try {
  await main();
} catch (error) {
  if (!stopping.signal.aborted) {
    terminal.progress(error instanceof Error ? error.message : String(error));
    exitCode = 1;
  }
}
await closing.run();
terminal.progress('Stopped');
// The functions' connections would keep the process alive.
process.exit(exitCode);
