import type { ServerName } from '../state.ts';

/** How to start a process. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** All that the supervisor knows of one server. */
export interface ServerDefinition {
  readonly name: ServerName;
  /** For people, for example `PostgreSQL 18`. */
  readonly label: string;
  readonly port: number;
  /** What makes it end soon and without loss, clients or not. */
  readonly stopSignal: NodeJS.Signals;
  /** Called before each start; the place for what a crash may have left to be put in order. */
  readonly command: () => Promise<Command>;
  /** Speaks to the server; throws as long as it can't serve. */
  readonly checkReady: () => Promise<void>;
}
