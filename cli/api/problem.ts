import * as z from 'zod';
import { id, words } from './tolerant.ts';

/** Why a request was not served, as RFC 9457 has it, as far as it was said. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string | null;
  readonly code: string | null;
  readonly requestId: string | null;
  /** What is wrong with which part of the body, or what the order lacks. */
  readonly parts: readonly string[];
  /** As it came, for programs; undefined if that was no JSON. */
  readonly document: unknown;
}

const part = z.object({ pointer: words, code: words, detail: words });
const parts = z.array(part).catch([]);

const problemDocument = z.object({
  title: words,
  detail: words,
  code: id,
  requestId: id,
  errors: parts,
  failures: parts,
});

/**
 * Reads a reply that is no success; also one that is not the API's own, as a load balancer's page.
 * @param requestId from the reply's headers
 */
export function readProblem(status: number, text: string, requestId: string | null): Problem {
  const document = parsed(text);
  const reading = problemDocument.safeParse(document);
  if (!reading.success) {
    const title = `The answer was HTTP ${status}, and not of the API`;
    return { status, title, detail: null, code: null, requestId, parts: [], document: undefined };
  }
  const { title, detail, code, errors, failures } = reading.data;
  return {
    status,
    title: title ?? `HTTP ${status}`,
    detail,
    code,
    requestId: reading.data.requestId ?? requestId,
    parts: [...errors, ...failures].map(({ pointer, code: name, detail: why }) =>
      [pointer ?? name, why].filter((text) => text !== null).join(': '),
    ),
    document,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
