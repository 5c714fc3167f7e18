import { onceUnderstood, SignInFront, type FrontOptions } from './sign-in-front.ts';

export interface ValkeyFrontOptions extends FrontOptions {
  /** Of the real server: in place of the one with the token. */
  readonly user: string;
  readonly password: string;
}

/** `AUTH <user> <token>`, or the same in a `HELLO`. */
const SIGN_IN = /^(\*\d+\r\n[^]*?\$4\r\nauth\r\n)\$\d+\r\n(\S+)\r\n\$\d+\r\n(\S+)\r\n/i;

/** ElastiCache: a Valkey of ours speaks no TLS, and knows passwords only. */
export function valkeyFront(options: ValkeyFrontOptions): Promise<SignInFront> {
  const { user, password } = options;
  const known = [user, password].map((part) => `$${part.length}\r\n${part}\r\n`).join('');
  return SignInFront.open(options, (front, raw) => {
    const client = front.secured(raw);
    onceUnderstood(client, (bytes) => {
      const [all = '', before, name, token = ''] = SIGN_IN.exec(bytes.toString('latin1')) ?? [];
      if (before === undefined) return undefined;
      return () => {
        void front.letsIn(`https://${token}`, 'elasticache').then((isIn) => {
          if (!isIn || name !== user) {
            client.end('-WRONGPASS invalid username-password pair or user is disabled.\r\n');
            return;
          }
          const server = front.toServer(client);
          server.write(`${before}${known}`);
          server.write(bytes.subarray(all.length));
          client.pipe(server).pipe(client);
        });
      };
    });
  });
}
