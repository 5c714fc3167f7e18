import { connect, type Socket } from 'node:net';

/** What waits for an agent that takes nothing; beyond it lines are dropped. */
const MAX_WAITING_BYTES = 1_000_000;
/** Between two attempts to reach an agent that is away. */
const RETRY_MS = 1_000;

/**
 * Hands lines to CloudWatch's agent, by its convention (`tcp://host:port`, a line each). It never
 * waits, and never keeps a process alive.
 *
 * @param onDropped told how many lines were dropped, once it can be written again
 */
export function agentConnection(
  endpoint: string,
  onDropped: (lines: number) => void,
): (line: string) => void {
  const { hostname, port } = new URL(endpoint);
  let socket: Socket | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let waiting: string[] = [];
  let waitingBytes = 0;
  let dropped = 0;

  const open = (): Socket => {
    const connecting = connect({ host: hostname, port: Number(port) });
    connecting.unref();
    connecting.setNoDelay(true);
    connecting.on('error', () => undefined);
    connecting.on('close', () => {
      if (socket === connecting) socket = undefined;
    });
    connecting.on('connect', send);
    return connecting;
  };

  function send(): void {
    if (socket === undefined || socket.connecting) return;
    socket.write(waiting.join(''));
    waiting = [];
    waitingBytes = 0;
    if (dropped === 0) return;
    onDropped(dropped);
    dropped = 0;
  }

  return (line) => {
    if (socket === undefined && performance.now() - triedAt >= RETRY_MS) {
      triedAt = performance.now();
      socket = open();
    }
    if (waitingBytes + (socket?.writableLength ?? 0) + line.length > MAX_WAITING_BYTES) {
      dropped += 1;
      return;
    }
    waiting.push(`${line}\n`);
    waitingBytes += line.length + 1;
    send();
  };
}
