import type { IncomingMessage } from 'node:http';

/** An ALB takes at most 1 MB for a Lambda target. */
const MAX_BODY_BYTES = 1024 * 1024;

/** How long the rest of a refused body is read and discarded, so that the 413 gets through. */
const DISCARD_MS = 1000;

/** True when the request's headers announce no body at all: nothing has to be awaited. */
export function hasNoBody(request: IncomingMessage): boolean {
  const { headers } = request;
  if (headers['transfer-encoding'] !== undefined) return false;
  const length = headers['content-length'];
  return length === undefined || length === '0';
}

export function announcesTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES;
}

/**
 * Calls back once: with the body, or with undefined when it is too large. Callbacks, because a
 * promise a request is measurable here. A client that goes away is never heard of.
 */
export function collectBody(
  request: IncomingMessage,
  done: (body: Buffer | undefined) => void,
): void {
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      request.off('data', onData);
      request.off('end', onEnd);
      done(undefined);
      return;
    }
    if (first === undefined) first = chunk;
    else (more ??= [first]).push(chunk);
  };
  const onEnd = (): void => {
    done(more === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(more, size));
  };
  request.on('data', onData);
  request.on('end', onEnd);
}

/** Reads on for a moment and throws it away; a client still writing would see a reset otherwise. */
export function discardRest(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => {
    request.socket.destroy();
  }, DISCARD_MS);
  timer.unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}
