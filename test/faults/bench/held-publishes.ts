import { once } from 'node:events';
import net from 'node:net';
import { until } from '../../support/until.ts';
import { isPublish } from './kafka-traffic.ts';
import type { Link } from './link.ts';

const REPLY_MS = 10_000;

/** Publishes that a client gave up, and that reach the broker all the same. */
export class HeldPublishes {
  readonly #requests: Buffer[] = [];
  readonly #link: Link;

  /** From now on what is published through the link is held back. */
  constructor(link: Link) {
    this.#link = link;
    link.spoil((bytes, direction) => {
      if (!isPublish(bytes, direction)) return 'pass';
      this.#requests.push(bytes);
      return 'drop';
    });
  }

  get count(): number {
    return this.#requests.length;
  }

  /** Ids of the issuances whose records are held. */
  get issuanceIds(): ReadonlySet<string> {
    const texts = this.#requests.map((bytes) => bytes.toString('latin1'));
    return new Set(
      texts.flatMap((text) => [...text.matchAll(/"id":"([\w-]+)"/g)].map(([, id = '']) => id)),
    );
  }

  /** Nothing more is held; what is stays. */
  stopHolding(): void {
    this.#link.mend();
  }

  /**
   * Sends the next of them to the broker, on connections of their own: the client has closed its.
   *
   * @returns how many the broker took
   */
  async release(address: { host: string; port: number }, count = this.count): Promise<number> {
    const requests = this.#requests.splice(0, count);
    for (const request of requests) await send(address, request);
    return requests.length;
  }
}

async function send(address: { host: string; port: number }, request: Buffer): Promise<void> {
  const socket = net.connect(address);
  try {
    await once(socket, 'connect');
    const replies: Buffer[] = [];
    socket.on('data', (bytes) => replies.push(bytes));
    socket.write(request);
    await until('the broker answers', REPLY_MS, () => replies[0]);
  } finally {
    socket.destroy();
  }
}
