import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../error-code.ts';
import { messageSchema, type Message, type Taken } from './message.ts';

/** At some 3 KB each, so many fit into memory; the file keeps all. */
const MOST = 50_000;

/** What was taken: the newest in memory, all of it in a file of JSON lines, which outlives a restart. */
export class Mailbox {
  readonly #messages: Message[];
  readonly #file: WriteStream;
  #last: number;

  private constructor(messages: Message[], file: WriteStream) {
    this.#messages = messages;
    this.#file = file;
    this.#last = messages.at(-1)?.number ?? 0;
  }

  /** @throws Error when the file can't be written */
  static async open(path: string): Promise<Mailbox> {
    await mkdir(dirname(path), { recursive: true });
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    });
    const messages = text.split('\n').slice(-MOST).flatMap(toMessage);
    const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
    await once(file, 'open');
    // A crash may have left half a line.
    if (text !== '' && !text.endsWith('\n')) file.write('\n');
    return new Mailbox(messages, file);
  }

  /** Resolves when it is in the file: only then may anybody be told that it was taken. */
  async keep(taken: Taken): Promise<void> {
    this.#last += 1;
    const message = { number: this.#last, receivedAt: new Date().toISOString(), ...taken };
    this.#messages.push(message);
    if (this.#messages.length > MOST) this.#messages.splice(0, this.#messages.length - MOST);
    await new Promise<void>((resolve, reject) => {
      this.#file.write(`${JSON.stringify(message)}\n`, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Those after a number, the oldest first. */
  messages({ channel, since = 0 }: { channel?: string; since?: number } = {}): Message[] {
    return this.#messages.filter(
      (message) => message.number > since && (channel === undefined || message.channel === channel),
    );
  }

  message(number: number): Message | undefined {
    return this.#messages.find((message) => message.number === number);
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'close');
  }
}

function toMessage(line: string): Message[] {
  try {
    return [messageSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
