import type { Duplex } from 'node:stream';
import { SignInFront, type FrontOptions } from './sign-in-front.ts';

const API = { handshake: 17, apiVersions: 18, authenticate: 36 } as const;
const TLS_HANDSHAKE = 0x16;

/**
 * MSK: whoever comes with TLS has to sign in, and again before the token's time is over, or is cut
 * off at the next request, as brokers do. Who comes without TLS is the rest of the stack, and passed
 * on: a broker tells all its clients one address.
 */
export function kafkaFront(options: FrontOptions): Promise<SignInFront> {
  return SignInFront.open(options, (front, raw) => {
    raw.once('readable', () => {
      const first = raw.read() as Buffer | null;
      if (first === null) return;
      raw.unshift(first);
      if (first[0] === TLS_HANDSHAKE) signInFirst(front, front.secured(raw), options);
      else raw.pipe(front.toServer(raw)).pipe(raw);
    });
  });
}

function signInFirst(front: SignInFront, client: Duplex, options: FrontOptions): void {
  const server = front.toServer(client);
  let until = Number.NEGATIVE_INFINITY;
  server.pipe(client);
  let working = Promise.resolve();
  eachRequest(client, (frame) => {
    working = working.then(() => answer(frame));
  });

  async function answer(frame: Buffer): Promise<void> {
    const api = frame.readInt16BE(4);
    if (api === API.handshake) reply(client, frame, [int16(0), int32(1), text('OAUTHBEARER')]);
    else if (api === API.authenticate) {
      const isIn = await front.letsIn(tokenIn(frame), 'kafka-cluster');
      if (isIn) until = performance.now() + options.tokenLifetimeMs;
      // A refusal is no error of Kafka's: a broker says it in the mechanism's own words.
      const words = Buffer.from(isIn ? '' : '{"status":"invalid_token"}');
      const lifetime = int64(isIn ? options.tokenLifetimeMs : 0);
      reply(client, frame, [int16(0), int16(-1), int32(words.length), words, lifetime]);
    } else if (api === API.apiVersions || performance.now() < until) server.write(frame);
    else client.destroy();
  }
}

/** The request's authentication bytes hold `auth=Bearer <token>`. */
function tokenIn(frame: Buffer): string {
  const [, token = ''] = /auth=Bearer ([\w-]+)/.exec(frame.toString('latin1')) ?? [];
  return Buffer.from(token, 'base64url').toString();
}

function eachRequest(stream: Duplex, handle: (frame: Buffer) => void): void {
  let seen = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
    while (seen.length >= 4 && seen.length >= 4 + seen.readInt32BE(0)) {
      const end = 4 + seen.readInt32BE(0);
      handle(Buffer.from(seen.subarray(0, end)));
      seen = seen.subarray(end);
    }
  });
}

function reply(client: Duplex, request: Buffer, fields: readonly Buffer[]): void {
  const body = Buffer.concat([request.subarray(8, 12), ...fields]);
  client.write(Buffer.concat([int32(body.length), body]));
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(value.length), Buffer.from(value)]);
}
