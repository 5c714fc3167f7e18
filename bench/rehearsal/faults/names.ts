import type { ServerName } from '../../../local/state.ts';

interface FaultDefinition {
  readonly server: ServerName;
  readonly how: 'kill' | 'freeze' | 'flush';
}

/** What can be broken in the middle of a rehearsal; all of it heals by itself. */
export const FAULTS = {
  'kafka-kill': { server: 'kafka', how: 'kill' },
  'kafka-freeze': { server: 'kafka', how: 'freeze' },
  'valkey-kill': { server: 'valkey', how: 'kill' },
  'valkey-freeze': { server: 'valkey', how: 'freeze' },
  'valkey-flush': { server: 'valkey', how: 'flush' },
  'postgres-kill': { server: 'postgres', how: 'kill' },
  'postgres-freeze': { server: 'postgres', how: 'freeze' },
} as const satisfies Record<string, FaultDefinition>;

export type FaultName = keyof typeof FAULTS;

export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULTS, text);
}
