import type { ServerName } from '../../../local/state.ts';

/** A server of the stack, or one of those that tell people, at its stand-in. */
type FaultDefinition =
  | { readonly server: ServerName; readonly how: 'kill' | 'freeze' | 'flush' }
  | { readonly channel: 'email' | 'sns' | 'slack' | 'webhook'; readonly how: object };

/** What can be broken in the middle of a rehearsal; all of it heals by itself. */
export const FAULTS = {
  'kafka-kill': { server: 'kafka', how: 'kill' },
  'kafka-freeze': { server: 'kafka', how: 'freeze' },
  'valkey-kill': { server: 'valkey', how: 'kill' },
  'valkey-freeze': { server: 'valkey', how: 'freeze' },
  'valkey-flush': { server: 'valkey', how: 'flush' },
  'postgres-kill': { server: 'postgres', how: 'kill' },
  'postgres-freeze': { server: 'postgres', how: 'freeze' },
  'mail-refuse-half': { channel: 'email', how: { mode: 'refuse', share: 0.5 } },
  'sns-down': { channel: 'sns', how: { mode: 'down' } },
  'slack-hang': { channel: 'slack', how: { mode: 'hang' } },
  'webhook-cut-half': { channel: 'webhook', how: { mode: 'cut', share: 0.5 } },
} as const satisfies Record<string, FaultDefinition>;

export type FaultName = keyof typeof FAULTS;

/** Whether it breaks what tells people: somebody has to be told then. */
export function isOfChannel(name: FaultName): boolean {
  return 'channel' in FAULTS[name];
}

export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULTS, text);
}
