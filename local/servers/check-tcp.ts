import { connect } from 'node:net';

/** Opens and closes a connection to `host:port`. Throws if that fails or takes longer than the timeout. */
export function checkTcp(address: string, timeout_ms: number): Promise<void> {
  const at = address.lastIndexOf(':');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address.slice(0, at),
      port: Number(address.slice(at + 1)),
      timeout: timeout_ms,
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error(`${address} does not answer`));
    });
    socket.once('error', reject);
  });
}
