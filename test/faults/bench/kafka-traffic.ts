import type { ProxiedConnection } from '../../support/tcp-proxy.ts';
import type { Direction, Spoiler, Verdict } from './link.ts';

const PRODUCE = 0;
/** Of a request: its length comes before. */
const API_KEY_OFFSET = 4;

/** One whole produce request: of a few records it is short, and written at once. */
export function isPublish(bytes: Buffer, direction: Direction): boolean {
  return (
    direction === 'requests' &&
    bytes.length > API_KEY_OFFSET + 2 &&
    bytes.readInt16BE(API_KEY_OFFSET) === PRODUCE &&
    bytes.length === 4 + bytes.readInt32BE(0)
  );
}

/** What is to become of the replies to produce requests; the broker has appended by then. */
export function spoilProduceReplies(verdict: (bytes: Buffer) => Verdict): Spoiler {
  const streams = new WeakMap<ProxiedConnection, Conversation>();
  return (bytes, direction, connection) => {
    const stream = streams.get(connection) ?? new Conversation();
    streams.set(connection, stream);
    const answered = stream.see(bytes, direction);
    return answered.includes(PRODUCE) ? verdict(bytes) : 'pass';
  };
}

/** What is to become of produce requests, before the broker has seen them. */
export function spoilProduceRequests(verdict: () => Verdict): Spoiler {
  const streams = new WeakMap<ProxiedConnection, Conversation>();
  return (bytes, direction, connection) => {
    const stream = streams.get(connection) ?? new Conversation();
    streams.set(connection, stream);
    const before = stream.asked.length;
    stream.see(bytes, direction);
    if (direction === 'replies') return 'pass';
    return stream.asked.slice(before).includes(PRODUCE) ? verdict() : 'pass';
  };
}

/**
 * One connection: a broker answers in the order in which it was asked. A connection that was
 * already open when the watch began says nothing until it is idle: its replies are then of none.
 */
class Conversation {
  /** API keys of what is not yet answered. */
  readonly asked: number[] = [];
  readonly #frames = { requests: new Frames(), replies: new Frames() };

  /** Returns the API keys of what these bytes complete the replies to. */
  see(bytes: Buffer, direction: Direction): number[] {
    const completed = this.#frames[direction].add(bytes);
    if (direction === 'requests') {
      this.asked.push(...completed.map((frame) => frame.readInt16BE(0)));
      return [];
    }
    return completed.flatMap(() => this.asked.shift() ?? []);
  }
}

/** Cuts a stream into Kafka's frames: four bytes of length, then so many bytes. */
class Frames {
  #buffered = Buffer.alloc(0);

  add(bytes: Buffer): Buffer[] {
    this.#buffered = Buffer.concat([this.#buffered, bytes]);
    const frames: Buffer[] = [];
    while (this.#buffered.length >= 4) {
      const end = 4 + this.#buffered.readInt32BE(0);
      if (this.#buffered.length < end) break;
      frames.push(this.#buffered.subarray(4, end));
      this.#buffered = this.#buffered.subarray(end);
    }
    return frames;
  }
}
