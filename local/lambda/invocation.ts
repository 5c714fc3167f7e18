/** What a function is, seen from outside: `export const handler`. */
export type Handler = (event: unknown, context: unknown) => unknown;

/** How an invocation ended. Only faults of this stand-in itself are thrown. */
export type InvocationOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  /** No environment was free and too many requests already wait; Lambda's 429. */
  | { readonly kind: 'throttled' }
  /** An asynchronous invocation was queued; Lambda's 202. */
  | { readonly kind: 'accepted' };

/** The payload of Lambda's reply when `X-Amz-Function-Error` is set. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Runs one function's handler, however that is done. */
export interface FunctionRuntime {
  run(event: unknown, requestId: string): Promise<InvocationOutcome>;
  /** Waits for what is in flight, then ends whatever the runtime started. */
  close(): Promise<void>;
}

export function thrown(error: unknown): InvocationOutcome {
  return { kind: 'failed', error: describeError(error) };
}

export function timedOut(requestId: string, timeoutSeconds: number): InvocationOutcome {
  return {
    kind: 'failed',
    error: {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
    },
  };
}

export function describeError(error: unknown): FunctionError {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error) };
  }
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}
