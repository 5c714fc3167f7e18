import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { changingSecret } from '../../lambdas/adapters/changing-secret.ts';
import { httpClient } from '../../lambdas/adapters/http-client.ts';
import { isPublicAddress } from '../../lambdas/adapters/public-address.ts';
import { failed } from '../../lambdas/adapters/send-outcomes.ts';
import { urlRefusal } from '../../lambdas/adapters/url-refusal.ts';

let server: Server;
let url: string;
let connections = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    if (request.url === '/endless') {
      const flow = (): void => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', flow);
      flow();
    } else if (request.url === '/half') {
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    } else if (request.url === '/last') {
      // The client believes that it may keep the connection.
      response.end('ok', () => setTimeout(() => request.socket.resetAndDestroy(), 20));
    } else response.end('ok');
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const soon = (): AbortSignal => AbortSignal.timeout(5_000);
const get = (path: string) => ({ method: 'GET', url: `${url}${path}`, headers: {} }) as const;

describe('a client', () => {
  it('keeps its connection, and reads the whole of a short answer', async () => {
    const http = httpClient('any');
    const before = connections;
    for (let i = 0; i < 3; i += 1) {
      expect(await http(get('/'), soon())).toMatchObject({ status: 200, text: 'ok' });
    }
    expect(connections - before).toBe(1);
  });

  it('asks once more when the connection that it kept was gone', async () => {
    const http = httpClient('any');
    await http(get('/last'), soon());
    await sleep(60);
    expect(await http(get('/'), soon())).toMatchObject({ text: 'ok' });
  });

  it('reads no more of an endless answer than its beginning', async () => {
    const { text } = await httpClient('any')(get('/endless'), soon());
    expect(text).toHaveLength(64 * 1024);
  });

  it('takes half an answer for none', async () => {
    await expect(httpClient('any')(get('/half'), soon())).rejects.toThrow('no answer: ECONNRESET');
  });
});

describe('the internet', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'localhost',
  ])('has no %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    'has %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['https://shop.example/hook', undefined],
    ['https://1.1.1.1/', undefined],
    ['http://shop.example/hook', 'the address is not https'],
    ['https://user:password@shop.example/', 'the address has a password'],
    ['https://127.0.0.1/', 'the address is private'],
    ['https://2130706433/', 'the address is private'],
    ['https://0x7f.1/', 'the address is private'],
    ['https://[::1]/', 'the address is private'],
    ['https://[::ffff:169.254.169.254]/', 'the address is private'],
    ['file:///etc/passwd', 'the address is not https'],
    ['shop.example', 'the address is no URL'],
  ])('is reached by %s only if it may be', (address, refusal) => {
    expect(urlRefusal(address, 'public')).toBe(refusal);
  });

  it('is not reached by a name that leads into this machine', async () => {
    const call = { method: 'POST', url: 'https://localhost:1/', headers: {} } as const;
    await expect(httpClient('public')(call, soon())).rejects.toThrow('no answer: EPRIVATEADDRESS');
    await expect(httpClient('https')(call, soon())).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a time to wait for', () => {
  const date = 'Sun, 29 Nov 2026 10:00:00 GMT';
  it.each([
    ['7', 7_000],
    ['Sun, 29 Nov 2026 10:00:05 GMT', 5_000],
    ['Sun, 29 Nov 2026 09:00:00 GMT', 0],
    ['999999999', 3_600_000],
    ['soon', undefined],
    ['-1', undefined],
  ])('is read off %s', (retryAfter, retryAfterMs) => {
    const answer = { status: 503, headers: { 'retry-after': retryAfter, date }, text: '' };
    expect(failed('r', answer)).toEqual({
      kind: 'failed',
      reason: 'r',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  });
});

describe('a secret that may change', () => {
  function bench() {
    const state = { now: 0, text: 'old', readings: 0, broken: false };
    const secret = changingSecret(
      () => {
        state.readings += 1;
        return state.broken ? Promise.reject(new Error('away')) : Promise.resolve(state.text);
      },
      () => state.now,
    );
    return { state, secret };
  }

  it('is read again after five minutes', async () => {
    const { state, secret } = bench();
    expect(await Promise.all([secret.read(), secret.read()])).toEqual(['old', 'old']);
    state.text = 'new';
    state.now = 299_999;
    expect(await secret.read()).toBe('old');
    state.now = 300_000;
    expect(await secret.read()).toBe('new');
    expect(state.readings).toBe(2);
  });

  it('is read again by who was refused with it, but not time and again', async () => {
    const { state, secret } = bench();
    await secret.read();
    state.text = 'new';
    state.now = 9_999;
    expect(await secret.hasChanged('old')).toBe(false);
    state.now = 10_000;
    expect(await secret.hasChanged('old')).toBe(true);
    expect(await secret.read()).toBe('new');
    expect(await secret.hasChanged('new')).toBe(false);
    expect(state.readings).toBe(2);
  });

  it('goes on as it was when it can’t be read again', async () => {
    const { state, secret } = bench();
    state.broken = true;
    await expect(secret.read()).rejects.toThrow('away');
    state.broken = false;
    await secret.read();
    state.broken = true;
    state.now = 400_000;
    expect(await secret.read()).toBe('old');
  });
});
