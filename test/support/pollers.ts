import net from 'node:net';
import { once } from 'node:events';

export interface PollResult {
  readonly seconds: number;
  /** By status. */
  readonly replies: Readonly<Record<string, number>>;
}

/** Enough for many thousand requests a second; each connection asks again as soon as it is answered. */
const CONNECTIONS = 64;
const TICK_MS = 10;
/** A reply follows the body of the one before without a line's end. */
const STATUS = /HTTP\/1\.1 (\d{3}) /g;
/** One character less than a status that could be split between two pieces. */
const TAIL = 'HTTP/1.1 200'.length;

/**
 * Polls one path with the tokens in turn, each of which asks again once it is answered. Speaks
 * HTTP/1.1 by itself: a client library would need both cores for so many requests.
 *
 * @param perSecond how many requests are sent a second, by a machine that answers as many
 */
export async function poll(
  api: string,
  path: string,
  tokens: readonly string[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<PollResult> {
  const { hostname, port, host } = new URL(api);
  const replies: Record<string, number> = {};
  const requests = tokens.map(
    (token) => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`,
  );
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = net.connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.setNoDelay(true);
      let tail = '';
      socket.setEncoding('latin1').on('data', (piece: string) => {
        const text = tail + piece;
        tail = text.slice(-TAIL);
        for (const [, status = ''] of text.matchAll(STATUS)) {
          replies[status] = (replies[status] ?? 0) + 1;
        }
      });
      return socket;
    }),
  );
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) / 1000;
  const answered = (): number => Object.values(replies).reduce((sum, count) => sum + count, 0);
  const mayGoOn = (): boolean => elapsed() < 4 * seconds + 10;
  let sent = 0;
  while (sent < perSecond * seconds && mayGoOn()) {
    const due = Math.min(elapsed(), seconds) * perSecond;
    const allowed = answered() + tokens.length;
    for (; sent < due && sent < allowed; sent += 1) {
      sockets[sent % CONNECTIONS]?.write(requests[sent % requests.length] ?? '');
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  while (answered() < sent && mayGoOn()) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  const took = elapsed();
  for (const socket of sockets) socket.destroy();
  return { seconds: took, replies };
}
