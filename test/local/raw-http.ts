import { connect, type Socket } from 'node:net';

/** Opens a connection; what it receives is collected until the other side closes. */
export function openConnection(port: number): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(new RawConnection(socket));
    });
    socket.once('error', reject);
  });
}

/** A connection that sends bytes as they are: a client library would not send a broken request. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves with all that was received when the server closed the connection. */
  readonly received: Promise<string>;
  #text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (this.#text += chunk));
    // A reset after the reply is for the test to notice by what is missing.
    socket.on('error', () => undefined);
    this.received = new Promise((resolve) => {
      socket.once('close', () => {
        resolve(this.#text);
      });
    });
  }

  get text(): string {
    return this.#text;
  }

  send(...lines: readonly string[]): this {
    this.socket.write(lines.join('\r\n'));
    return this;
  }
}
