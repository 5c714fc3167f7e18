import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IssuerKey } from '../../../local/servers/issuer/key.ts';
import { newKey, publicPart } from '../../support/key-server.ts';

/** What becomes of those who ask for keys. */
type Mood = 'answers' | 'refuses' | 'hangs';

/** An issuer whose keys can be had, or not, or anew. */
export class BreakableIssuer {
  readonly url: string;
  /** Signs what is signed now; one that was replaced is still published. */
  key: IssuerKey;
  /** Times somebody asked for keys and did not get them. */
  hits = 0;
  /** Times somebody got them. */
  served = 0;
  /** When somebody got them last, milliseconds since 1970. */
  servedAt = 0;
  #mood: Mood = 'answers';
  readonly #published: IssuerKey[];
  readonly #server: Server;

  private constructor(url: string, key: IssuerKey, server: Server) {
    this.url = url;
    this.key = key;
    this.#published = [key];
    this.#server = server;
  }

  static async start(): Promise<BreakableIssuer> {
    const key = await newKey();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const issuer = new BreakableIssuer(url, key, server);
    server.on('request', ({ url: path = '' }, response) => {
      issuer.#answer(path, response);
    });
    return issuer;
  }

  /** Connections of those who ask for keys are closed. */
  refuse(): void {
    this.#mood = 'refuses';
  }

  /** Whoever asks for keys waits for ever. */
  hang(): void {
    this.#mood = 'hangs';
  }

  answer(): void {
    this.#mood = 'answers';
    // Who hangs gives up by itself; a connection kept would hang again.
    this.#server.closeIdleConnections();
  }

  /** Signs with a new key from now on; what the old one signed stays good. */
  async rotate(): Promise<void> {
    this.key = await newKey();
    this.#published.push(this.key);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string, response: ServerResponse): void {
    const isDiscovery = path.includes('openid-configuration');
    if (!isDiscovery && this.#mood !== 'answers') {
      this.hits += 1;
      if (this.#mood === 'refuses') response.destroy();
      return;
    }
    if (!isDiscovery) {
      this.served += 1;
      this.servedAt = Date.now();
    }
    const body = isDiscovery
      ? { issuer: this.url, jwks_uri: `${this.url}/jwks` }
      : { keys: this.#published.map(publicPart) };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  }
}
