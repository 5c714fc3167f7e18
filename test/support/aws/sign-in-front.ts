import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Certificate } from '../certificates.ts';
import type { Address } from '../tcp-proxy.ts';
import { objectionTo, type Objection } from './account.ts';

export interface FrontOptions {
  /** Where the server listens that takes no tokens. */
  readonly target: Address;
  readonly certificate: Certificate;
  /** Older tokens are refused. Milliseconds. */
  readonly tokenLifetimeMs: number;
}

/**
 * Stands before a real server as the AWS service does: TLS, and signing in with an IAM token. It
 * tells what it saw, and closes all connections when it is told to.
 */
export class SignInFront {
  readonly #connections = new Set<Duplex>();
  readonly #server: net.Server;
  readonly #options: FrontOptions;
  /** How often somebody was let in. */
  signIns = 0;
  /** Why somebody was not, in their order. */
  readonly objections: Objection[] = [];

  private constructor(options: FrontOptions, serve: (front: SignInFront, raw: net.Socket) => void) {
    this.#options = options;
    this.#server = net.createServer((raw) => {
      serve(this, this.track(raw.setNoDelay(true)));
    });
  }

  /** @param serve speaks the server's protocol with a new client, from before TLS on */
  static async open(
    options: FrontOptions,
    serve: (front: SignInFront, raw: net.Socket) => void,
  ): Promise<SignInFront> {
    const front = new SignInFront(options, serve);
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** The server's side of TLS. */
  secured(raw: net.Socket): Duplex {
    const { cert, key } = this.#options.certificate;
    return this.track(new tls.TLSSocket(raw, { isServer: true, cert, key }));
  }

  /** @param url a presigned one; tells whether its bearer is let in */
  async letsIn(url: string, service: string): Promise<boolean> {
    const objection = await objectionTo(url, service, this.#options.tokenLifetimeMs);
    if (objection === undefined) this.signIns += 1;
    else this.objections.push(objection);
    return objection === undefined;
  }

  /** A new connection to the server, which ends with the client's and the other way round. */
  toServer(client: Duplex): net.Socket {
    const server = this.track(net.connect(this.#options.target).setNoDelay(true));
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
    return server;
  }

  /** Closes all connections there are; new ones work. */
  cut(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  track<T extends Duplex>(connection: T): T {
    this.#connections.add(connection);
    connection.on('error', () => undefined);
    connection.once('close', () => this.#connections.delete(connection));
    return connection;
  }
}

/**
 * Reads until there is enough, then stops and goes on with what `understand` makes of it.
 *
 * @param understand gets all that has come so far; nothing if it is not enough
 */
export function onceUnderstood(
  stream: Duplex,
  understand: (bytes: Buffer) => (() => void) | undefined,
): void {
  let seen = Buffer.alloc(0);
  const onData = (bytes: Buffer): void => {
    seen = Buffer.concat([seen, bytes]);
    const goOn = understand(seen);
    if (goOn === undefined) return;
    stream.off('data', onData);
    stream.pause();
    goOn();
  };
  stream.on('data', onData);
  stream.resume();
}
