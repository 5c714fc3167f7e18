import { readdir, readFile, readlink } from 'node:fs/promises';
import type { TestStack } from '../../support/stack.ts';

const LOCALHOST = '0100007F';
const LOCAL_ADDRESS = 1;
const INODE = 9;

/**
 * The process of the stack that opened a connection to a proxy of ours, by Linux' list of sockets.
 *
 * @param port the connection's own, at the client's end
 * @throws Error when it is none of them
 */
export async function processBehind(stack: TestStack, port: number): Promise<number> {
  const inode = await inodeOf(port);
  for (const pid of (await stack.pids()).values()) {
    if (await hasSocket(pid, inode)) return pid;
  }
  throw new Error(`no process of the stack has port ${port}`);
}

async function inodeOf(port: number): Promise<string> {
  const address = `${LOCALHOST}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n');
  const fields = lines.map((line) => line.trim().split(/\s+/));
  const inode = fields.find((line) => line[LOCAL_ADDRESS] === address)?.[INODE];
  if (inode === undefined) throw new Error(`port ${port} is no connection's`);
  return inode;
}

async function hasSocket(pid: number, inode: string): Promise<boolean> {
  const descriptors = `/proc/${pid}/fd`;
  for (const descriptor of await readdir(descriptors).catch(() => [])) {
    // A descriptor may be closed meanwhile.
    const target = await readlink(`${descriptors}/${descriptor}`).catch(() => '');
    if (target === `socket:[${inode}]`) return true;
  }
  return false;
}
