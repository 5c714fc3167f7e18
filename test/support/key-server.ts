import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { IssuerKey } from '../../local/servers/issuer/key.ts';

/** An issuer's public face: discovery and keys; it counts who asks for them. */
export class KeyServer {
  readonly url: string;
  readonly key: IssuerKey;
  readonly #server: Server;
  readonly #asked: string[];

  private constructor(url: string, key: IssuerKey, server: Server, asked: string[]) {
    this.url = url;
    this.key = key;
    this.#server = server;
    this.#asked = asked;
  }

  static async start(): Promise<KeyServer> {
    const key = await newKey();
    const asked: string[] = [];
    let url = '';
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const answer = path.includes('openid-configuration')
        ? { issuer: url, jwks_uri: `${url}/jwks` }
        : { keys: [publicPart(key)] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new KeyServer(url, key, server, asked);
  }

  get publicKey(): JWK {
    return publicPart(this.key);
  }

  /** How often anything but the discovery was asked for. */
  get keyRequests(): number {
    return this.#asked.filter((path) => !path.includes('openid-configuration')).length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function newKey(): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...jwk, kty: 'RSA', alg: 'RS256', use: 'sig', kid, d: jwk.d ?? '' };
}

export function publicPart({ kty, alg, kid, n, e }: IssuerKey & JWK): JWK {
  return { kty, alg, kid, use: 'sig', n: n ?? '', e: e ?? '' };
}
