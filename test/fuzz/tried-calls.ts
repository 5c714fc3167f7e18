import { readFileSync } from 'node:fs';

/** One call that was made as the document allows it. */
export interface PositiveCall {
  readonly operation: string;
  readonly status: number;
  /** The problem's code, if it is one. */
  readonly code: string | undefined;
}

interface Finished {
  readonly ScenarioFinished?: {
    readonly recorder: {
      readonly cases?: Readonly<Record<string, Case>> | null;
      /** None if the scenario was skipped. */
      readonly interactions?: Readonly<Record<string, Interaction>> | null;
    };
  };
}

interface Case {
  readonly value: {
    readonly method: string;
    readonly path: string;
    readonly meta?: { readonly generation: { readonly mode: string } } | null;
  };
}

interface Interaction {
  readonly response?: {
    readonly status_code: number;
    readonly content?: { readonly $base64: string } | null;
  } | null;
}

/** Reads Schemathesis' NDJSON report. */
export function positiveCalls(file: string): PositiveCall[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => {
    const { ScenarioFinished: finished } = JSON.parse(line) as Finished;
    if (finished === undefined) return [];
    const { cases, interactions } = finished.recorder;
    return Object.entries(interactions ?? {}).flatMap(([id, { response }]) => {
      const value = cases?.[id]?.value;
      if (value?.meta?.generation.mode !== 'positive') return [];
      if (response === undefined || response === null) return [];
      const { status_code: status, content } = response;
      // The code of an issuance is another one, and a secret.
      const code = status < 400 ? undefined : codeOf(content?.$base64);
      return [{ operation: `${value.method} ${value.path}`, status, code }];
    });
  });
}

function codeOf(content: string | undefined): string | undefined {
  try {
    const body = JSON.parse(Buffer.from(content ?? '', 'base64').toString()) as { code?: unknown };
    return typeof body.code === 'string' ? body.code : undefined;
  } catch {
    return undefined;
  }
}

/** Refused for how it was written, not for how things stand. */
function isRefusedByValidation({ status, code }: PositiveCall): boolean {
  return [400, 413, 415].includes(status) || code === 'idempotency_key_reused';
}

export function isFault({ status }: PositiveCall): boolean {
  return status >= 500;
}

export function share(calls: readonly PositiveCall[]): number {
  const refused = calls.filter(isRefusedByValidation).length;
  return calls.length === 0 ? 0 : 1 - refused / calls.length;
}

/** One line an operation: how many calls, with which outcomes. */
export function table(calls: readonly PositiveCall[]): string[] {
  return [...Map.groupBy(calls, ({ operation }) => operation)]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([operation, of]) => {
      const outcomes = Map.groupBy(of, ({ status, code }) => `${status} ${code ?? ''}`.trim());
      const counts = [...outcomes]
        .toSorted(([, a], [, b]) => b.length - a.length)
        .map(([outcome, { length }]) => `${length} × ${outcome}`);
      const percent = (share(of) * 100).toFixed(0).padStart(3);
      return `${percent} %  ${operation}: ${counts.join(', ')}`;
    });
}
