import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import type { ValkeyClient } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { GateUnavailable } from '../../lambdas/domain/ports.ts';
import { openValkey } from '../../lambdas/wiring/valkey.ts';
import { access } from '../support/aws/account.ts';
import type { SignInFront } from '../support/aws/sign-in-front.ts';
import { valkeyFront } from '../support/aws/valkey-front.ts';
import { makeValkeyUser } from '../support/aws/valkey-user.ts';
import { newCertificates, type Certificate, type Certificates } from '../support/certificates.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';
import { targetOf } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const TOKEN_LIFETIME_MS = 2_000;
const PATIENCE_MS = 5_000;
const USER = 'coupon';
const PASSWORD = 'of-the-tests';

const { valkeyUrl } = testServers();
const known = getCACertificates();
const cleanUp = new CleanUp();
let certificates: Certificates;

beforeAll(async () => {
  certificates = await newCertificates();
  setDefaultCACertificates([...known, certificates.ca.cert]);
  await makeValkeyUser(valkeyUrl, USER, PASSWORD);
});

afterEach(() => cleanUp.run());

afterAll(async () => {
  setDefaultCACertificates(known);
  await certificates.remove();
});

async function openFront(certificate: Certificate = certificates.server): Promise<SignInFront> {
  const target = targetOf(valkeyUrl);
  const options = { certificate, target, user: USER, password: PASSWORD };
  return cleanUp.add(
    await valkeyFront({ ...options, tokenLifetimeMs: TOKEN_LIFETIME_MS }),
    (front) => front.close(),
  );
}

function connect({ port }: SignInFront, onFault = (): void => undefined): ValkeyClient {
  const settings = { valkeyUrl: `rediss://${USER}@localhost:${port}`, valkeyCluster: undefined };
  const client = openValkey(
    { ...settings, valkeyIamCache: 'coupon-gate' },
    access(),
    PATIENCE_MS,
    onFault,
  ) as ValkeyClient;
  return cleanUp.add(client, (opened) => {
    opened.disconnect();
  });
}

function isClosed(client: ValkeyClient): Promise<unknown> {
  const gate = valkeyStockGate(client, PATIENCE_MS);
  return gate.status(newCouponId());
}

describe('a cache that takes TLS and tokens only', () => {
  it('is asked by a user who may do all that a gate needs, and nothing dangerous', async () => {
    const client = connect(await openFront());
    expect(await isClosed(client)).toMatchObject({ kind: 'closed' });
    await expect(client.flushall()).rejects.toThrow('NOPERM');
    await expect(client.keys('*')).rejects.toThrow('NOPERM');
    await expect(client.config('GET', 'maxmemory')).rejects.toThrow('NOPERM');
  });

  it('is asked by a connection that was cut after its token had run out', async () => {
    const front = await openFront();
    const client = connect(front);
    await isClosed(client);
    await sleep(TOKEN_LIFETIME_MS + 1_500);
    // It is still good: a token is for the sign-in only.
    await isClosed(client);
    front.cut();
    await until(
      'the connection is lost',
      PATIENCE_MS,
      () => client.status !== 'ready' || undefined,
    );
    await expect(isClosed(client)).resolves.toMatchObject({ kind: 'closed' });
    expect({ signIns: front.signIns, objections: front.objections }).toEqual({
      signIns: 2,
      objections: [],
    });
  });

  it.each(['otherHost', 'stranger'] as const)(
    'is not asked when its certificate is not its own: %s',
    async (certificate) => {
      const front = await openFront(certificates[certificate]);
      const gate = valkeyStockGate(connect(front), 500);
      await expect(gate.status(newCouponId())).rejects.toThrow(GateUnavailable);
      expect(front.signIns + front.objections.length).toBe(0);
    },
  );
});
