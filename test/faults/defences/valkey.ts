import { knownBug, type Defence } from './defence.ts';

const SCRIPTS = 'lambdas/adapters/valkey/gate-scripts.ts';
const PARTS = 'lambdas/adapters/valkey/gate-script-parts.ts';
const GATE = 'lambdas/adapters/valkey/stock-gate.ts';
const CLIENT = 'lambdas/adapters/valkey/valkey-client.ts';

export const valkeyDefences: readonly Defence[] = [
  {
    row: '1',
    bug: knownBug('A gate that is missing is made by the first claim'),
  },
  {
    row: '2',
    bug: {
      name: 'A gate is open wherever it stands',
      file: PARTS,
      find: `  if not is_here(fields[3], fields[4]) then return 'foreign' end\n`,
      replace: '',
    },
  },
  {
    row: '2b',
    bug: knownBug('The fence is the run_id alone'),
  },
  {
    // Of the servers, not of the code; the row makes it.
    row: '3',
    bug: {
      name: 'A primary without replicas goes on writing',
      file: 'test/faults/rows/valkey-failover.ts',
      find: `'min-replicas-to-write', 1)`,
      replace: `'min-replicas-to-write', 0)`,
    },
  },
  {
    row: '4',
    bug: knownBug('A rebuild does not wait for those who passed the lost gate'),
  },
  {
    // The marker, the count at the opening and the count at each claim: each of them is enough.
    row: '4b',
    bug: {
      name: 'A gate that was flushed while it was built is opened with what was loaded since',
      file: PARTS,
      find: `return marker[1] == ARGV[1] and is_here(marker[2], marker[3]), tonumber(marker[4])`,
      replace: `return not marker[1] or marker[1] == ARGV[1], tonumber(marker[4] or 1)`,
      also: [
        {
          file: SCRIPTS,
          find: `if redis.call('HLEN', CLAIMS) ~= tonumber(ARGV[2]) then return 0 end`,
          replace: `local run_id, repl_id = server()
redis.call('HSET', GATE, 'runId', run_id, 'replId', repl_id)`,
        },
        {
          file: SCRIPTS,
          find: `'epoch', ARGV[1], 'given', ARGV[2], 'unconfirmed'`,
          replace: `'epoch', ARGV[1], 'given', integer(redis.call('HLEN', CLAIMS)), 'unconfirmed'`,
        },
      ],
    },
  },
  {
    row: '5',
    bug: {
      name: 'A script is loaded once, and called by its hash from then on',
      file: GATE,
      find: `      return await client[script](...keys, ...args);`,
      replace: `      const hash = await hashOf(client, script);
      return await client.evalsha(hash, keys.length, ...keys, ...args);`,
      also: [
        {
          file: GATE,
          find: `  const run = async (`,
          replace: `  const hashes = new Map<keyof typeof gateScripts, Promise<string>>();
  type Scripts = Awaited<ReturnType<typeof whenReady>>;
  const hashOf = (client: Scripts, script: keyof typeof gateScripts): Promise<string> => {
    const known = hashes.get(script);
    const hash = known ?? (client.script('LOAD', gateScripts[script].lua) as Promise<string>);
    hashes.set(script, hash);
    return hash;
  };
  const run = async (`,
        },
        {
          file: GATE,
          find: `import type { gateScripts } from './gate-scripts.ts';
import { gateKeys } from './gate-scripts.ts';`,
          replace: `import { gateKeys, gateScripts } from './gate-scripts.ts';`,
        },
      ],
    },
  },
  {
    row: '6',
    bug: {
      name: 'A command to Valkey is waited for until it is answered',
      file: CLIENT,
      find: `    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A connection on which nothing comes back is replaced: a black hole never closes by itself.
    socketTimeout: commandTimeoutMs,
`,
      replace: '',
    },
  },
  {
    row: '7',
    bug: {
      name: 'Nobody publishes what its user does not ask for again',
      file: 'local/schedules.ts',
      find: `, sweep: 5000`,
      replace: '',
    },
  },
  {
    row: '8',
    bug: knownBug(
      'A repeated claim is answered from its duplicate key, without waiting for the publish',
    ),
  },
  {
    row: '9',
    bug: {
      name: 'A connection to a primary is kept when that has become a replica',
      file: CLIENT,
      find: `      return error.message.startsWith('READONLY');`,
      replace: `      return false;`,
    },
  },
  {
    // Of the server; the policy that a cache of AWS has unless it is told.
    row: '10',
    bug: {
      name: 'A full Valkey evicts what has an expiry',
      file: 'local/servers/valkey/server.ts',
      find: `'maxmemory-policy noeviction'`,
      replace: `'maxmemory-policy volatile-lru'`,
    },
  },
  {
    row: '11',
    bug: knownBug('Claims and count are not compared'),
  },
];
