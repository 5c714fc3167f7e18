import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, ProxiedConnection, TcpProxy } from '../../support/tcp-proxy.ts';
import { tcpProxy } from '../../support/tcp-proxy.ts';

export type Direction = 'requests' | 'replies';

/** What becomes of a piece of traffic: `drop` swallows it, `cut` closes its connection instead. */
export type Verdict = 'pass' | 'drop' | 'cut';

/** Looks at each piece; one that is spoiled counts as a hit. */
export type Spoiler = (
  bytes: Buffer,
  direction: Direction,
  connection: ProxiedConnection,
) => Verdict;

/** Says of which pieces something is true. */
export type Which = (bytes: Buffer, direction: Direction) => boolean;

const ALL: Which = () => true;

/** The way between the stack and one server, which a test can spoil and mend. */
export class Link {
  /** Pieces dropped, connections cut under traffic, since the link was opened. */
  hits = 0;
  /** Bytes that are on their way now, by connection and direction. */
  readonly #queues = new WeakMap<ProxiedConnection, Record<Direction, Queue>>();
  #target: Address;
  #proxy: TcpProxy | undefined;
  #refuses = false;
  #spoiler: Spoiler | undefined;
  #delayMs = 0;
  #isDelayed = ALL;
  #bytesPerSecond = Number.POSITIVE_INFINITY;

  private constructor(target: Address) {
    this.#target = target;
  }

  static async open(target: Address = { host: '127.0.0.1', port: 1 }): Promise<Link> {
    const link = new Link(target);
    link.#proxy = await tcpProxy(() => link.#target, {
      toServer: (bytes, connection) => link.#carry(bytes, 'requests', connection),
      toClient: (bytes, connection) => link.#carry(bytes, 'replies', connection),
    });
    return link;
  }

  get port(): number {
    return this.#opened.port;
  }

  /** From now on new connections lead there: another server has taken over. */
  retarget(target: Address): void {
    this.#target = target;
  }

  /** Closes all connections that are open now. Returns how many. */
  cut(): number {
    const { connections } = this.#opened;
    const count = connections.size;
    for (const { client } of connections) client.destroy();
    this.hits += count;
    return count;
  }

  /** Cuts, and lets nobody connect until it is mended. */
  sever(): number {
    this.#refuses = true;
    return this.cut();
  }

  spoil(spoiler: Spoiler): void {
    this.#spoiler = spoiler;
  }

  /** Swallows all that goes one way; connections stay open. */
  mute(muted: Direction): void {
    this.spoil((_bytes, direction) => (direction === muted ? 'drop' : 'pass'));
  }

  /** Each way takes so much longer, for these pieces and for what comes behind them. */
  delay(ms: number, which = ALL): void {
    this.#delayMs = ms;
    this.#isDelayed = which;
  }

  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  mend(): void {
    this.#refuses = false;
    this.#spoiler = undefined;
    this.#delayMs = 0;
    this.#bytesPerSecond = Number.POSITIVE_INFINITY;
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  get #opened(): TcpProxy {
    if (this.#proxy === undefined) throw new Error('the link is not open');
    return this.#proxy;
  }

  #carry(bytes: Buffer, direction: Direction, connection: ProxiedConnection): boolean {
    const verdict = this.#refuses
      ? 'cut'
      : (this.#spoiler?.(bytes, direction, connection) ?? 'pass');
    if (verdict !== 'pass') {
      this.hits += 1;
      if (verdict === 'cut') connection.client.destroy();
      return false;
    }
    const delayMs = this.#isDelayed(bytes, direction) ? this.#delayMs : 0;
    const transitMs = delayMs + (bytes.length / this.#bytesPerSecond) * 1000;
    const queues = this.#queues.get(connection) ?? { requests: new Queue(), replies: new Queue() };
    this.#queues.set(connection, queues);
    if (transitMs === 0 && queues[direction].isEmpty) return true;
    if (transitMs > 0) this.hits += 1;
    const socket = direction === 'requests' ? connection.server : connection.client;
    queues[direction].add(transitMs, () => socket.write(bytes));
    return false;
  }
}

/** Keeps the order of what takes different times. */
class Queue {
  #last: Promise<unknown> = Promise.resolve();
  #length = 0;
  #due = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(transitMs: number, deliver: () => unknown): void {
    this.#length += 1;
    this.#due = Math.max(this.#due, performance.now() + transitMs);
    const due = this.#due;
    this.#last = this.#last
      .then(() => sleep(Math.max(0, due - performance.now())))
      .then(deliver)
      .finally(() => (this.#length -= 1));
  }
}
