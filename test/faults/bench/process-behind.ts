import type { Socket } from 'node:net';
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { TestStack } from '../../support/stack.ts';

const LOCALHOST = '0100007F';
const LOCAL_ADDRESS = 1;
const REMOTE_ADDRESS = 2;
const INODE = 9;

/**
 * The process of the stack that opened a connection to a proxy of ours, by Linux' list of sockets.
 *
 * @param accepted the proxy's end of the connection
 * @throws Error when it is none of them
 */
export async function processBehind(
  stack: Pick<TestStack, 'pids'>,
  accepted: Pick<Socket, 'localPort' | 'remotePort'>,
): Promise<number> {
  const { localPort = 0, remotePort = 0 } = accepted;
  const inode = await inodeOf(remotePort, localPort);
  for (const pid of (await stack.pids()).values()) {
    if (await hasSocket(pid, inode)) return pid;
  }
  throw new Error(`no process of the stack has port ${remotePort}`);
}

/** Both ends: a port may be in use for several connections, also for one that is over. */
async function inodeOf(from: number, to: number): Promise<string> {
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n');
  const fields = lines.map((line) => line.trim().split(/\s+/));
  const inode = fields.find(
    (line) => line[LOCAL_ADDRESS] === addressOf(from) && line[REMOTE_ADDRESS] === addressOf(to),
  )?.[INODE];
  if (inode === undefined) throw new Error(`port ${from} is no connection's`);
  return inode;
}

function addressOf(port: number): string {
  return `${LOCALHOST}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
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
