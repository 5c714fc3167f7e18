import type { ProxiedConnection } from '../../support/tcp-proxy.ts';
import type { Link } from './link.ts';
import { callsOf } from './valkey-traffic.ts';

export interface Split {
  /** From now on all but one of those who claim are led to the link's present target. */
  leaveOneBehind(): void;
  /** How often the one who was left behind was refused for want of replicas, since then. */
  refused(): number;
}

/** Watches a link until some of its clients are to find another server than the rest. */
export function splitClients(link: Link): Split {
  const isClaim = callsOf('gateClaim');
  const seen = new Set<ProxiedConnection>();
  let claimer: ProxiedConnection | undefined;
  let leftBehind: ProxiedConnection | undefined;
  let refused = 0;
  link.spoil((bytes, direction, connection) => {
    if (leftBehind === undefined) {
      seen.add(connection);
      if (direction === 'requests' && isClaim(bytes)) claimer = connection;
      return 'pass';
    }
    if (connection === leftBehind) {
      if (direction === 'replies' && bytes.includes('-NOREPLICAS ')) refused += 1;
      return 'pass';
    }
    return seen.has(connection) ? 'cut' : 'pass';
  });
  return {
    leaveOneBehind() {
      if (claimer === undefined) throw new Error('nobody claimed');
      leftBehind = claimer;
    },
    refused: () => refused,
  };
}
