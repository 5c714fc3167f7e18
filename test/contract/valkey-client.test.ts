import { afterEach, expect, it } from '@jest/globals';
import type { ValkeyClient } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { asGateError, connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';
import { targetOf, tcpProxy, urlThrough } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const PATIENCE_MS = 5_000;

const cleanUp = new CleanUp();

afterEach(() => cleanUp.run());

function connect(url: string): ValkeyClient {
  const settings = { url, commandTimeoutMs: PATIENCE_MS };
  return cleanUp.add(
    connectValkey(settings, () => undefined),
    (client) => {
      client.disconnect();
    },
  );
}

function ready(client: ValkeyClient): Promise<true> {
  return until('a connection', PATIENCE_MS, () => client.status === 'ready' || undefined);
}

it('a client without a connection refuses at once what it can not send', async () => {
  const client = connect('redis://127.0.0.1:1');
  const begun = performance.now();
  await expect(client.incr('never')).rejects.toThrow("Stream isn't writeable");
  expect(performance.now() - begun).toBeLessThan(1_000);
});

it('a client runs a command once, though its reply was cut', async () => {
  const { valkeyUrl } = testServers();
  const direct = connect(valkeyUrl);
  await ready(direct);
  const counter = `counter:${newCouponId()}`;
  cleanUp.add(counter, (key) => direct.del(key));

  let cutting = false;
  const proxy = await tcpProxy(targetOf(valkeyUrl), {
    toClient: (_bytes, { client }) => {
      if (!cutting) return true;
      cutting = false;
      client.destroy();
      return false;
    },
  });
  cleanUp.add(proxy, (opened) => opened.close());
  const client = connect(urlThrough(proxy, valkeyUrl));
  await ready(client);
  cutting = true;
  const cut = await client.incr(counter).then(
    () => 'answered',
    () => 'failed',
  );
  await ready(client);
  // Behind whatever the new connection has sent first.
  await client.ping();
  expect([cut, await direct.get(counter)]).toEqual(['failed', '1']);
});

/** What the gate's callers are told of a command that failed. */
function told(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('it was answered'),
    (error: unknown) => asGateError(error),
  );
}

it('what is told of an error reply is its first word: the rest may name anybody', async () => {
  const { valkeyUrl } = testServers();
  const direct = connect(valkeyUrl);
  await ready(direct);
  const key = `key:${newCouponId()}`;
  cleanUp.add(key, (made) => direct.del(made));
  await direct.set(key, 'anna');
  expect(await told(direct.hget(key, 'anna'))).toMatchObject({
    name: 'GateOutcomeUnknown',
    message: 'WRONGTYPE',
  });
  const moved = `return redis.error_reply('MOVED 866 10.1.2.3:6379')`;
  expect(await told(direct.eval(moved, 0))).toMatchObject({
    name: 'GateUnavailable',
    message: 'MOVED',
  });
});

it('what is told of a connection that failed names no host', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:6379'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  expect(await told(Promise.reject(refused))).toMatchObject({
    name: 'GateOutcomeUnknown',
    message: 'connect ECONNREFUSED',
  });
  const never = connect('redis://127.0.0.1:1').incr('never');
  expect(await told(never)).toMatchObject({
    name: 'GateUnavailable',
    message: "Stream isn't writeable and enableOfflineQueue options is false",
  });
});
