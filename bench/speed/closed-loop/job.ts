/** What the closed loop's process is told, once, as it starts. */
export interface ClosedLoopJob {
  /** Base URL. */
  readonly api: string;
  /** One {@link BenchRequest} a line, as JSON; each is sent once. */
  readonly requestsFile: string;
  /** So many requests are under way at any time, each on a connection of its own. */
  readonly connections: number;
}

export interface BenchRequest {
  readonly path: string;
  readonly token: string;
  /** JSON text; a request without has no body. */
  readonly body?: string;
}

export interface ClosedLoopResult {
  /** From the first request until the last reply. */
  readonly seconds: number;
  readonly requests: number;
  /** How many replies had which status; 0 is a request without a reply. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}
