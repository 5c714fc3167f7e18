/**
 * `npm run -s ask -- <server> …`: asks a server of the local stack, for the runbook and for whoever
 * has no client of it at hand.
 *
 *   ask valkey INFO memory            any command, as valkey-cli would
 *   ask postgres "SELECT …"           as the functions do, read only
 *   ask kafka                         where the topic ends and how far the record group is, by partition
 *   ask invoke restore '{}'           invokes a function, as the schedules do
 */
import { Redis } from 'ioredis';
import pg from 'pg';
import { readEndpoints, type Endpoints } from './endpoints.ts';
import { errorMessage } from './error-code.ts';
import { readLogPositions } from './invariants/read-log-positions.ts';
import { chosenStateDir, statePaths } from './state.ts';

const [server, ...words] = process.argv.slice(2);

const ways: Readonly<Record<string, (endpoints: Endpoints) => Promise<void>>> = {
  async valkey({ valkey }) {
    const client = new Redis(valkey, { lazyConnect: true, maxRetriesPerRequest: 1 });
    await client.connect();
    try {
      const [command = 'PING', ...args] = words;
      const reply = await client.call(command, args);
      console.log(typeof reply === 'string' ? reply.trimEnd() : JSON.stringify(reply, null, 1));
    } finally {
      client.disconnect();
    }
  },
  async postgres({ databaseUrl: connectionString }) {
    const options = '-c default_transaction_read_only=on -c statement_timeout=10000';
    const client = new pg.Client({ connectionString, options });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(words.join(' '));
      console.table(rows);
    } finally {
      await client.end();
    }
  },
  async kafka({ kafka, topic, group }) {
    const { ends, committed } = await readLogPositions(kafka.split(','), topic, group);
    console.table(
      [...ends].map(([partition, end]) => {
        // -1: nothing was recorded of it yet.
        const done = committed.get(partition) ?? -1n;
        const waiting = end - (done < 0n ? 0n : done);
        return { partition, end: String(end), recorded: String(done), waiting: String(waiting) };
      }),
    );
  },
  async invoke({ lambda }) {
    const [name = '', event = '{}'] = words;
    const reply = await fetch(`${lambda}/2015-03-31/functions/${name}/invocations`, {
      method: 'POST',
      body: event,
    });
    console.log(await reply.text());
    if (!reply.ok || reply.headers.has('x-amz-function-error')) process.exitCode = 1;
  },
};

try {
  const way = ways[server ?? ''];
  if (way === undefined) throw new Error(`ask one of: ${Object.keys(ways).join(', ')}`);
  const endpoints = await readEndpoints(statePaths(chosenStateDir()));
  if (endpoints === undefined) throw new Error('There is no stack to ask: npm start.');
  await way(endpoints);
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}
