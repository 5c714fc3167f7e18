import { afterEach, describe, expect, it } from '@jest/globals';
import type { ALBEvent } from 'aws-lambda';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFront, type Front, type FrontOptions } from '../../local/alb/front.ts';
import type { InvocationOutcome } from '../../local/lambda/invocation.ts';
import { openConnection } from './raw-http.ts';

const MB = 1024 * 1024;

describe('the front', () => {
  let front: Front;

  afterEach(() => front.close(1000));

  async function start(options: Partial<FrontOptions> = {}): Promise<void> {
    front = await startFront({
      port: 0,
      invoke: () => Promise.resolve({ kind: 'returned', value: { statusCode: 200, body: 'ok' } }),
      ...options,
    });
  }

  /** What the client gets when the function returns this. */
  async function replyTo(value: unknown, method = 'GET'): Promise<Response> {
    await start({ invoke: () => Promise.resolve({ kind: 'returned', value }) });
    return fetch(`${front.url}/x`, { method });
  }

  describe('gives the client the reply', () => {
    it('with all values of its headers, its own length and the reason', async () => {
      await start({
        invoke: () =>
          Promise.resolve({
            kind: 'returned',
            value: {
              statusCode: 409,
              statusDescription: '409 Sold out',
              multiValueHeaders: {
                'Content-Type': ['application/problem+json'],
                'Set-Cookie': ['a=1', 'b=2'],
                'Content-Length': ['99'],
                Connection: ['close'],
              },
              headers: { 'X-Number': 5 },
              body: '{"title":"품절"}',
              isBase64Encoded: false,
            },
          }),
      });

      const response = await fetch(`${front.url}/x`);

      expect(response.status).toBe(409);
      expect(response.statusText).toBe('Sold out');
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(response.headers.get('x-number')).toBe('5');
      expect(response.headers.get('content-length')).toBe('18');
      expect(response.headers.get('connection')).toBe('keep-alive');
      expect(await response.text()).toBe('{"title":"품절"}');
    });

    it('decoded when it is base64', async () => {
      const bytes = Buffer.from([0, 1, 254, 255]);

      const response = await replyTo({
        statusCode: 200,
        body: bytes.toString('base64'),
        isBase64Encoded: true,
      });

      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    });

    it('without its body, but with its length, for HEAD', async () => {
      const response = await replyTo({ statusCode: 200, body: '12345' }, 'HEAD');

      expect(response.status).toBe(200);
      expect(response.headers.get('content-length')).toBe('5');
      expect(await response.text()).toBe('');
    });

    it('without body and length for 204, and with an empty body when there is none', async () => {
      const noContent = await replyTo({ statusCode: 204 });
      expect(noContent.status).toBe(204);
      expect(noContent.headers.get('content-length')).toBeNull();
      await front.close();

      const empty = await replyTo({ statusCode: 202, body: null });
      expect(empty.headers.get('content-length')).toBe('0');
    });
  });

  describe('answers 502 when the function', () => {
    it.each<[string, InvocationOutcome]>([
      ['throws', { kind: 'failed', error: { errorType: 'Error', errorMessage: 'secret' } }],
      ['is throttled', { kind: 'throttled' }],
      ['returns nothing', { kind: 'returned', value: undefined }],
      ['returns a string', { kind: 'returned', value: 'ok' }],
      ['returns no status', { kind: 'returned', value: { body: '' } }],
      ['returns a status in words', { kind: 'returned', value: { statusCode: '200' } }],
      ['returns a fraction for a status', { kind: 'returned', value: { statusCode: 200.5 } }],
      ['returns an impossible status', { kind: 'returned', value: { statusCode: 101 } }],
      [
        'returns a body that is no string',
        { kind: 'returned', value: { statusCode: 200, body: {} } },
      ],
      [
        'returns more than 1 MB',
        { kind: 'returned', value: { statusCode: 200, body: 'x'.repeat(MB) } },
      ],
      [
        'returns more than 1 MB once it is JSON',
        { kind: 'returned', value: { statusCode: 200, body: '\u0001'.repeat(MB / 5) } },
      ],
      [
        'returns multi-value headers without lists',
        { kind: 'returned', value: { statusCode: 200, multiValueHeaders: { a: 'b' } } },
      ],
      [
        'returns a header that would split the response',
        { kind: 'returned', value: { statusCode: 200, headers: { a: 'b\r\nc: d' } } },
      ],
      [
        'returns a reason that would split the response',
        { kind: 'returned', value: { statusCode: 200, statusDescription: 'a\r\nb' } },
      ],
    ])('%s', async (_title, outcome) => {
      await start({ invoke: () => Promise.resolve(outcome) });

      const response = await fetch(`${front.url}/x`);

      expect(response.status).toBe(502);
      expect(response.headers.get('server')).toBe('awselb/2.0');
      expect(await response.text()).not.toContain('secret');
    });

    it('and passes a reply just below 1 MB', async () => {
      const response = await replyTo({ statusCode: 200, body: 'x'.repeat(MB - 100) });

      expect(response.status).toBe(200);
      expect(await response.text()).toHaveLength(MB - 100);
    });
  });

  describe('takes a body of at most 1 MB', () => {
    const post = (body: string | ReadableStream): Promise<Response> =>
      fetch(`${front.url}/x`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain' },
        ...(typeof body === 'string' ? {} : { duplex: 'half' as const }),
      });

    it('which the function gets whole', async () => {
      let length = 0;
      await start({
        invoke: (_name, event) => {
          length = (event as ALBEvent).body?.length ?? 0;
          return Promise.resolve({ kind: 'returned', value: { statusCode: 200 } });
        },
      });

      expect((await post('x'.repeat(MB))).status).toBe(200);
      expect(length).toBe(MB);
    });

    it('and answers 413 to more, without asking the function', async () => {
      let invoked = false;
      await start({
        invoke: () => {
          invoked = true;
          return Promise.resolve({ kind: 'throttled' });
        },
      });

      expect((await post('x'.repeat(MB + 1))).status).toBe(413);
      expect((await post(new Blob(['x'.repeat(3 * MB)]).stream())).status).toBe(413);
      expect(invoked).toBe(false);
    });

    it('and refuses more before it is sent, when the client asks first', async () => {
      await start();
      const status = await new Promise((resolve, reject) => {
        const asking = request(`${front.url}/x`, {
          method: 'POST',
          headers: { expect: '100-continue', 'content-length': String(2 * MB) },
        });
        asking.on('continue', () => {
          reject(new Error('was told to go on'));
        });
        asking.on('response', (response) => {
          resolve(response.statusCode);
          asking.destroy();
        });
        asking.on('error', reject);
        asking.flushHeaders();
      });

      expect(status).toBe(413);
    });
  });

  describe('survives', () => {
    it.each([
      ['a request that is none', 'nonsense\r\n\r\n', '400'],
      ['no Host header', 'GET / HTTP/1.1\r\n\r\n', '400'],
      ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
      [
        'both lengths',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
        '400',
      ],
      [
        'an upgrade',
        'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        '400',
      ],
      ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', '405'],
      ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(66_000)}\r\n\r\n`, '400'],
      ['too long an address', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '414'],
    ])('%s', async (_title, text, status) => {
      await start();
      const connection = await openConnection(front.port);
      connection.send(text);

      expect((await connection.received).split(' ')[1]).toBe(status);
      expect((await fetch(`${front.url}/x`)).status).toBe(200);
    });

    it('clients that never finish their headers or their body', async () => {
      await start({ headersTimeoutMs: 300, requestTimeoutMs: 600 });
      const slowHeaders = await openConnection(front.port);
      slowHeaders.send('GET / HTTP/1.1\r\nHost: x\r\nA: ');
      const slowBody = await openConnection(front.port);
      slowBody.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');

      expect(await slowHeaders.received).toContain('408');
      expect(await slowBody.received).toContain('408');
    });

    it('clients that go away while the function works', async () => {
      let finished = 0;
      await start({
        invoke: async () => {
          await sleep(200);
          finished++;
          return { kind: 'returned', value: { statusCode: 200, body: 'late' } };
        },
      });
      const connection = await openConnection(front.port);
      connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await sleep(50);
      connection.socket.destroy();
      await sleep(300);

      expect(finished).toBe(1);
      expect((await fetch(`${front.url}/x`)).status).toBe(200);
    });
  });

  it('answers pipelined requests in order on one connection', async () => {
    await start({
      invoke: async (_name, event) => {
        const { path } = event as ALBEvent;
        await sleep(path === '/1' ? 100 : 0);
        return { kind: 'returned', value: { statusCode: 200, body: `reply to ${path}` } };
      },
    });
    const connection = await openConnection(front.port);
    connection.send(
      'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );

    const text = await connection.received;
    expect(text.indexOf('reply to /1')).toBeGreaterThan(0);
    expect(text.indexOf('reply to /2')).toBeGreaterThan(text.indexOf('reply to /1'));
  });

  it('answers what is in flight when it is closed, then takes no connection', async () => {
    await start({
      invoke: async () => {
        await sleep(300);
        return { kind: 'returned', value: { statusCode: 200, body: 'in time' } };
      },
    });
    const idle = await openConnection(front.port);
    const inFlight = fetch(`${front.url}/x`);
    await sleep(100);

    const closed = front.close();

    const response = await inFlight;
    expect(await response.text()).toBe('in time');
    expect(response.headers.get('connection')).toBe('close');
    await closed;
    await idle.received;
    await expect(openConnection(front.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('names a port that is taken', async () => {
    await start();

    await expect(
      startFront({ port: front.port, invoke: () => Promise.resolve({ kind: 'throttled' }) }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
