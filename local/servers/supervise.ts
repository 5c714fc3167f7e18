import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../error-code.ts';
import { pidFile, removePid, type ServerName, type StatePaths } from '../state.ts';
import type { ServerDefinition } from './definition.ts';
import { becomesReady, unknownHealth } from './health.ts';
import { launch, type Launched, logTail } from './launch.ts';

/** A machine of two busy cores needs some ten seconds for Kafka; a minute means that it will not come. */
const startTimeout_ms = 60_000;
const stopTimeout_ms = 8_000;
/** A server that served this long before it died isn't failing to start: the back-off begins anew. */
const stable_ms = 5_000;
const firstBackoff_ms = 100;
const longestBackoff_ms = 2_000;
/** Some 10 s with the back-off: more than the orphans of a killed PostgreSQL take to let go of its memory. */
const firstStartAttempts = 8;

/** One server that is kept running. */
export interface SupervisedServer {
  readonly name: ServerName;
  readonly port: number;
  /** The pid of the running process; undefined while there is none. */
  pid(): number | undefined;
  /** Resolves once the present process serves; rejects after a minute, or when its first start fails. */
  healthy(): Promise<void>;
  /** Stops it, gently unless a signal is given, and keeps it stopped. */
  hold(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it on the same port and waits until it serves. */
  release(): Promise<void>;
}

/** Whom the supervisor tells. */
export interface SupervisorEvents {
  progress(line: string): void;
  /** A process was started, the first or a later one. */
  started(name: ServerName, pid: number): void;
}

/** Keeps a server running once it is released: whenever it ends unasked it is started again on its port. */
export function supervise(
  paths: StatePaths,
  server: ServerDefinition,
  events: SupervisorEvents,
): SupervisedServer {
  const logFile = join(paths.logs, `${server.name}.log`);
  let current: Launched | undefined;
  let running: Promise<void> | undefined;
  let held = new AbortController();
  let health = unknownHealth();

  /** One life of the process, from its start to its end. Returns how long it served, in ms; 0 if it never did. */
  async function liveOnce(stop: AbortSignal): Promise<number> {
    const command = await server.command();
    const unasked = () => !stop.aborted;
    if (!unasked()) return 0;
    const begun = Date.now();
    const life = launch(command, logFile, pidFile(paths, server.name));
    current = life;
    if (life.pid !== undefined) events.started(server.name, life.pid);
    let servingSince = 0;
    const over = new AbortController();
    void becomesReady(server.checkReady, over.signal).then((ready) => {
      // The answer may have come from a stranger on that port, while ours failed to listen.
      if (!ready || life.process.exitCode !== null || life.process.signalCode !== null) return;
      servingSince = Date.now();
      health.serves();
      const took_s = ((servingSince - begun) / 1000).toFixed(1);
      events.progress(`${server.label} serves at 127.0.0.1:${server.port} (${took_s} s)`);
    });
    const reason = await life.ended;
    over.abort();
    current = undefined;
    if (servingSince === 0) return 0;
    health = unknownHealth();
    if (unasked()) events.progress(`${server.label} ended (${reason}); starting it again`);
    return Date.now() - servingSince;
  }

  async function keepRunning(stop: AbortSignal): Promise<void> {
    let failures = 0;
    let everServed = false;
    while (!stop.aborted) {
      const served_ms = await liveOnce(stop).catch((error: unknown) => {
        // What can't be prepared the first time can't be later; afterwards it may be a passing thing.
        if (!everServed) throw error;
        events.progress(`${server.label} can't be started: ${errorMessage(error)}`);
        return 0;
      });
      everServed ||= served_ms > 0;
      failures = served_ms >= stable_ms ? 0 : failures + 1;
      if (!everServed && failures >= firstStartAttempts) {
        throw new Error(`${server.label} does not start. ${await logTail(logFile)}`);
      }
      // The first failure is answered at once: only one that repeats itself is worth a pause.
      const pause_ms = failures < 2 ? 0 : firstBackoff_ms * 2 ** (failures - 2);
      await sleep(Math.min(pause_ms, longestBackoff_ms), undefined, { signal: stop }).catch(
        () => undefined,
      );
    }
  }

  const healthy = () =>
    health.wait(
      startTimeout_ms,
      async () =>
        `${server.label} was not ready after ${startTimeout_ms / 1000} s. ${await logTail(logFile)}`,
    );

  return {
    name: server.name,
    port: server.port,
    pid: () => current?.pid,
    healthy,
    async hold(signal = server.stopSignal) {
      held.abort();
      health.failed(new Error(`${server.label} was stopped`));
      if (running === undefined) return;
      current?.process.kill(signal);
      const impatience = setTimeout(() => current?.process.kill('SIGKILL'), stopTimeout_ms);
      await running;
      clearTimeout(impatience);
      running = undefined;
      await removePid(paths, server.name);
    },
    async release() {
      if (running === undefined) {
        held = new AbortController();
        health = unknownHealth();
        running = keepRunning(held.signal).catch((error: unknown) => {
          events.progress(`${server.label}: ${errorMessage(error)}`);
          health.failed(error);
        });
      }
      await healthy();
    },
  };
}
