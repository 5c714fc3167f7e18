/** A stack in a process of its own, for tests that kill it: `node stack-process.ts <state directory>`. */
import { startServers } from '../../local/servers/start.ts';

const [stateDir] = process.argv.slice(2);
if (stateDir === undefined) throw new Error('usage: stack-process.ts <state directory>');
const servers = await startServers({
  stateDir,
  audience: 'coupon-api',
  progress: (line) => {
    console.error(line);
  },
});
console.log(JSON.stringify({ endpoints: servers.endpoints, pids: servers.pids() }));
