import type { Readable } from 'node:stream';

/** Where lines go: a terminal, or a file or pipe. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Whether colours are wanted and understood. */
  readonly hasColours: boolean;
  /** Cells of a row now; a terminal may be resized at any time. */
  columns(): number;
  rows(): number;
}

/** Where what is typed or piped comes from. */
export interface Input {
  readonly stream: Readable;
  readonly isTerminal: boolean;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment; never goes back. */
  elapsed(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** All that a command knows of the world around it. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths of files are relative to. */
  readonly folder: string;
  readonly stdin: Input;
  /** For what was asked for. */
  readonly stdout: Output;
  /** For progress, questions and complaints. */
  readonly stderr: Output;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}
