import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { resolveRoute, type PathParameters } from '../../../lambdas/http/router.ts';
import type { RouteName } from '../../../lambdas/routes.ts';

export const STAND_IN_TOKEN = 'the-operators-token';

export interface StandInCall {
  readonly route: RouteName;
  readonly parameters: PathParameters;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface StandInReply {
  readonly status: number;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type StandInEndpoints = Partial<Record<RouteName, (call: StandInCall) => StandInReply>>;

/** What happens to the next calls instead of an answer, or behind it. */
export type Fault =
  | { readonly kind: 'answer'; readonly reply: StandInReply }
  /** Done, but nobody hears of it. */
  | { readonly kind: 'lose the reply' }
  /** Not done. */
  | { readonly kind: 'cut' };

export interface StandInServer {
  readonly url: string;
  /** All calls, in their order. */
  readonly calls: readonly StandInCall[];
  /** The next calls of a route meet these, one each. */
  fail(route: RouteName, ...faults: readonly Fault[]): void;
  /** Whatever was still to fail does not. */
  mend(route: RouteName): void;
  close(): Promise<void>;
}

export function problemReply(status: number, code: string, detail?: string): StandInReply {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': 'request-1' },
    body: { title: `Title of ${code}`, status, detail, code, requestId: 'request-1' },
  };
}

/** An HTTP server that speaks the API's contract: it has no gate, no log and no ledger behind it. */
export async function startStandIn(endpoints: StandInEndpoints): Promise<StandInServer> {
  const calls: StandInCall[] = [];
  const faults = new Map<RouteName, Fault[]>();
  const kept = new Map<string, StandInReply>();

  const answerCall = (call: StandInCall): StandInReply => {
    const key = call.headers['idempotency-key'];
    const before = typeof key === 'string' ? kept.get(key) : undefined;
    if (before !== undefined) return before;
    const reply = endpoints[call.route]?.(call) ?? problemReply(404, 'not_found');
    if (typeof key === 'string') kept.set(key, reply);
    return reply;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://stand-in');
    const body = await text(request);
    const routing = resolveRoute(request.method ?? '', url.pathname);
    if (request.headers.authorization !== `Bearer ${STAND_IN_TOKEN}`) {
      send(response, problemReply(401, 'unauthenticated'));
      return;
    }
    if (routing.kind !== 'route') {
      send(response, problemReply(404, 'not_found'));
      return;
    }
    const call: StandInCall = {
      route: routing.name,
      parameters: routing.parameters,
      query: url.searchParams,
      headers: request.headers,
      body: body === '' ? undefined : JSON.parse(body),
    };
    calls.push(call);
    const fault = faults.get(call.route)?.shift();
    if (fault?.kind === 'answer') send(response, fault.reply);
    else if (fault?.kind === 'cut') response.destroy();
    else {
      const reply = answerCall(call);
      if (fault === undefined) send(response, reply);
      else response.destroy();
    }
  };

  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    fail: (route, ...more) => {
      faults.set(route, [...(faults.get(route) ?? []), ...more]);
    },
    mend: (route) => {
      faults.delete(route);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { status, body, headers }: StandInReply): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/csv' : 'application/json',
    ...headers,
  });
  response.end(isText || body === undefined ? body : JSON.stringify(body));
}
