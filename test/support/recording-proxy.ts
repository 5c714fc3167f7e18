import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes connections on to a server, and keeps what clients sent to it. */
export class RecordingProxy {
  /** The server's URL, but for the port. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #sent: Buffer[];

  private constructor(url: string, server: Server, sockets: Set<Socket>, sent: Buffer[]) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
    this.#sent = sent;
  }

  static async before(serverUrl: string): Promise<RecordingProxy> {
    const url = new URL(serverUrl);
    const port = Number(url.port);
    const sent: Buffer[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      client.on('data', (bytes) => sent.push(bytes));
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => undefined);
        socket.once('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.port = String((server.address() as AddressInfo).port);
    return new RecordingProxy(url.href, server, sockets, sent);
  }

  /** All bytes that clients have sent since the last `forget`, each as one character. */
  sent(): string {
    return Buffer.concat(this.#sent).toString('latin1');
  }

  forget(): void {
    this.#sent.length = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
