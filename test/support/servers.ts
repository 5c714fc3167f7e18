import type { ServerEndpoints } from '../../local/servers/start.ts';

/** Carries the endpoints of the servers that `npm test` started for all test files. */
export const SERVERS_VARIABLE = 'COUPON_TEST_SERVERS';

/** @throws Error when the tests were not started by `npm test` */
export function testServers(): ServerEndpoints {
  const text = process.env[SERVERS_VARIABLE];
  if (text === undefined) throw new Error('run the tests by `npm test -- <file>`: it has servers');
  return JSON.parse(text) as ServerEndpoints;
}
