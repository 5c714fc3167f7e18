import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body; undefined when it is larger than `maxBytes` (the rest is discarded, so
 * that the reply still reaches the client).
 * @throws the connection's error when the client goes away
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('error', reject);
  });
}
