import type { Duplex } from 'node:stream';
import { onceUnderstood, SignInFront, type FrontOptions } from './sign-in-front.ts';

const SSL_REQUEST_LENGTH = 8;
const CLEARTEXT_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** RDS: the real server must trust whoever comes from here as the user that is asked for. */
export function postgresFront(options: FrontOptions): Promise<SignInFront> {
  return SignInFront.open(options, (front, raw) => {
    onceUnderstood(raw, (bytes) => {
      if (bytes.length < SSL_REQUEST_LENGTH) return undefined;
      return () => {
        raw.write('S');
        askForPassword(front, front.secured(raw));
      };
    });
  });
}

function askForPassword(front: SignInFront, client: Duplex): void {
  onceUnderstood(client, (startup) => {
    if (!isWhole(startup, 0)) return undefined;
    return () => {
      client.write(CLEARTEXT_PASSWORD);
      onceUnderstood(client, (message) => {
        if (!isWhole(message, 1)) return undefined;
        return () => {
          void begin(front, client, startup, message.subarray(5, -1).toString());
        };
      });
    };
  });
}

async function begin(
  front: SignInFront,
  client: Duplex,
  startup: Buffer,
  token: string,
): Promise<void> {
  if (!(await front.letsIn(`https://${token}`, 'rds-db'))) {
    client.end(refusal());
    return;
  }
  const server = front.toServer(client);
  server.write(startup);
  client.pipe(server).pipe(client);
}

/** A message has its length, which counts itself, behind its kind, if it has one. */
function isWhole(message: Buffer, kind: 0 | 1): boolean {
  return message.length >= kind + 4 && message.length >= kind + message.readInt32BE(kind);
}

/** As RDS says it. */
function refusal(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C28000', 'MPAM authentication failed for user'];
  const body = Buffer.from(`${fields.join('\0')}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
