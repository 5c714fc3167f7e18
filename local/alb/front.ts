import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { InvocationOutcome } from '../lambda/invocation.ts';
import { albEvent, parseTarget, type RequestTarget } from './event.ts';
import { refuseConnection, sendOwnPage } from './own-replies.ts';
import { listen } from './listen.ts';
import { parseReply, sendReply } from './reply.ts';
import { announcesTooMuch, collectBody, discardRest, hasNoBody } from './request-body.ts';
import { targetGroupPicker, type TargetGroupPicker } from './rules.ts';

export interface FrontOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly invoke: (functionName: string, event: unknown) => Promise<InvocationOutcome>;
  readonly pick?: TargetGroupPicker;
  /** Milliseconds for a request's headers (20 s), and for all of it (60 s, the ALB's idle time-out). */
  readonly headersTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

export interface Front {
  readonly url: string;
  readonly port: number;
  /** Accepts nothing more, answers what is in flight, then closes; after `graceMs` it cuts. */
  close(graceMs?: number): Promise<void>;
}

/** The ALB's limits: 16 KB for the request line, 64 KB for all headers. */
const MAX_URL_LENGTH = 16 * 1024;
const MAX_HEADERS_BYTES = 64 * 1024;

/**
 * Stands in for the Application Load Balancer: turns a request into the event of a Lambda target
 * with multi-value headers, and the function's reply into a response.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port is taken
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const pick = options.pick ?? targetGroupPicker();
  let portText = '';
  let closing = false;
  let inFlight = 0;

  const server = createServer(
    {
      maxHeaderSize: MAX_HEADERS_BYTES,
      headersTimeout: options.headersTimeoutMs ?? 20_000,
      requestTimeout: options.requestTimeoutMs ?? 60_000,
      keepAliveTimeout: 60_000,
      connectionsCheckingInterval: 1000,
      noDelay: true,
    },
    receive,
  );

  function receive(request: IncomingMessage, response: ServerResponse): void {
    inFlight++;
    response.once('close', leave);
    const url = request.url ?? '';
    const target = url.length > MAX_URL_LENGTH ? undefined : parseTarget(url);
    if (target === undefined) refuse(request, response, url.length > MAX_URL_LENGTH ? 414 : 400);
    else if (request.method === 'TRACE') refuse(request, response, 405);
    else if (announcesTooMuch(request)) refuse(request, response, 413);
    else if (hasNoBody(request)) void serve(request, response, target, undefined);
    else {
      collectBody(request, (body) => {
        if (body === undefined) refuse(request, response, 413);
        else void serve(request, response, target, body);
      });
    }
  }

  function leave(): void {
    inFlight--;
    // Node takes a connection that never sent a request for busy, and browsers open such ones.
    if (closing && inFlight === 0) server.closeAllConnections();
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
    body: Buffer | undefined,
  ): Promise<void> {
    try {
      const targetGroup = pick(request.method ?? 'GET', target.path);
      const event = albEvent(request, target, targetGroup, portText, body);
      const outcome = await options.invoke(targetGroup, event);
      const reply = outcome.kind === 'returned' ? parseReply(outcome.value) : undefined;
      if (reply === undefined) sendOwnPage(response, 502, closing);
      else sendReply(response, reply, closing);
    } catch {
      // A header HTTP forbids, or a reply that is no JSON: malformed, whatever the reason.
      sendOwnPage(response, 502, closing);
    }
  }

  function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
    sendOwnPage(response, status, true);
    discardRest(request);
  }

  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request)) response.writeContinue();
    receive(request, response);
  });
  server.on('upgrade', (_request: IncomingMessage, socket: Socket) => {
    refuseConnection(socket, 400);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refuseConnection(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400);
  });

  const listeners = await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  portText = String(port);

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: (graceMs = 10_000) => {
      closing = true;
      return new Promise((resolve) => {
        const cut = setTimeout(() => {
          server.closeAllConnections();
        }, graceMs);
        void Promise.all(listeners.map(closed)).then(() => {
          clearTimeout(cut);
          resolve();
        });
        if (inFlight === 0) server.closeAllConnections();
      });
    },
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
