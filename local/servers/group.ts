import type { ServerName, StatePaths } from '../state.ts';
import type { ServerDefinition } from './definition.ts';
import { supervise, type SupervisedServer, type SupervisorEvents } from './supervise.ts';

/** The servers of one stack, which are started and stopped together. */
export interface ServerGroup {
  /** Aborted by stop(): whoever prepares a server has to give up. */
  readonly stopped: AbortSignal;
  /** Starts a server as soon as it is prepared; resolves when it serves. */
  start(preparation: Promise<ServerDefinition>): Promise<void>;
  server(name: ServerName): SupervisedServer | undefined;
  pids(): Partial<Record<ServerName, number>>;
  /** Stops all; also waits for those that were being prepared, so that nothing is left that could write. */
  stop(): Promise<void>;
}

/** A group without servers. */
export function serverGroup(paths: StatePaths, events: SupervisorEvents): ServerGroup {
  const servers = new Map<ServerName, SupervisedServer>();
  const starts: Promise<void>[] = [];
  const stopping = new AbortController();

  async function startOne(preparation: Promise<ServerDefinition>): Promise<void> {
    const definition = await preparation;
    stopping.signal.throwIfAborted();
    const server = supervise(paths, definition, events);
    servers.set(server.name, server);
    await server.release();
  }

  return {
    stopped: stopping.signal,
    start(preparation) {
      const start = startOne(preparation);
      starts.push(start);
      return start;
    },
    server: (name) => servers.get(name),
    pids() {
      const running = [...servers.values()].flatMap((server) => {
        const pid = server.pid();
        return pid === undefined ? [] : [[server.name, pid] as const];
      });
      return Object.fromEntries(running);
    },
    async stop() {
      stopping.abort();
      await Promise.all([...servers.values()].map((server) => server.hold()));
      await Promise.allSettled(starts);
    },
  };
}
