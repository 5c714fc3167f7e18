import { once } from 'node:events';
import { Server, type AddressInfo, type ListenOptions } from 'node:net';
import { isFree } from '../servers/ports.ts';

/** A spike opens many connections at once; the system caps this at its somaxconn. */
const BACKLOG = 4096;

/**
 * libuv takes one new connection from a listening socket in each turn of the event loop: in a spike,
 * when a turn takes ten milliseconds, the thousandth would wait for ten seconds.
 */
const SOCKETS = 32;

/**
 * Has a server listen at 127.0.0.1 on many sockets of the same port, where the system can do that.
 * Returns all that has to be closed.
 *
 * @param port 0 picks a free one
 * @throws NodeJS.ErrnoException EADDRINUSE when the port is taken
 */
export async function listen(server: Server, port: number): Promise<readonly Server[]> {
  const shared = process.platform === 'linux';
  // Sockets that share a port ask nobody who has it already in the same way.
  if (port !== 0 && !(await isFree(port))) throw portTaken(port);
  const options = { host: '127.0.0.1', backlog: BACKLOG, ...(shared ? { reusePort: true } : {}) };
  await listening(server, { ...options, port });
  if (!shared) return [server];
  const { port: chosen } = server.address() as AddressInfo;
  const others = Array.from({ length: SOCKETS - 1 }, () => {
    // As an HTTP server does by itself.
    const other = new Server({ allowHalfOpen: true, noDelay: true });
    other.on('connection', (socket) => server.emit('connection', socket));
    return other;
  });
  await Promise.all(others.map((other) => listening(other, { ...options, port: chosen })));
  return [server, ...others];
}

async function listening(server: Server, options: ListenOptions): Promise<void> {
  server.listen(options);
  await once(server, 'listening');
}

function portTaken(port: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`listen EADDRINUSE: address already in use 127.0.0.1:${port}`), {
    code: 'EADDRINUSE',
  });
}
