import type { Mechanism } from 'kafkajs';

/**
 * A broker did not take the token: one that ran out between its signing and its arrival, in a
 * freeze, say. A new connection signs a new one.
 */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

const SIZE_BYTES = 4;

/**
 * OAUTHBEARER (RFC 7628) with a new token for each sign-in. Not kafkajs' own: a broker refuses a
 * token in an answer that is no error of Kafka's, and kafkajs takes that for success; it would find
 * out by the first request, when the stock is taken.
 *
 * @param token computed right before it is sent
 */
export function bearerSignIn(token: () => string): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const refusal = await saslAuthenticate({
          request: { encode: () => sized(`n,,\u0001auth=Bearer ${token()}\u0001\u0001`) },
          response: { decode: (bytes) => bytes, parse: (bytes) => unsized(bytes) },
        }).catch((error: unknown) => {
          throw isProtocolError(error) ? new SignInRefused(error.message, { cause: error }) : error;
        });
        // Of what is wrong it says `{"status":"invalid_token"}`.
        if (refusal !== undefined && refusal !== '') throw new SignInRefused(refusal);
      },
    }),
  };
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(SIZE_BYTES);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function unsized(bytes: Buffer): string {
  return bytes.subarray(SIZE_BYTES).toString();
}

/** kafkajs' classes are there for types only. */
function isProtocolError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'KafkaJSProtocolError';
}
