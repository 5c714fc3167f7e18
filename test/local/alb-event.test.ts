import { afterEach, describe, expect, it } from '@jest/globals';
import type { ALBEvent } from 'aws-lambda';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFront, type Front } from '../../local/alb/front.ts';
import { openConnection } from './raw-http.ts';

describe('the event an ALB makes of a request', () => {
  let front: Front;
  const events: ALBEvent[] = [];

  afterEach(() => front.close());

  async function sent(...lines: readonly string[]): Promise<ALBEvent> {
    events.length = 0;
    front = await startFront({
      port: 0,
      invoke: (_name, event) => {
        events.push(event as ALBEvent);
        return Promise.resolve({ kind: 'returned', value: { statusCode: 204 } });
      },
    });
    const connection = await openConnection(front.port);
    connection.send(...lines);
    while (!connection.text.includes('\r\n\r\n')) {
      await new Promise((resolve) => connection.socket.once('data', resolve));
    }
    connection.socket.destroy();
    const event = events[0];
    if (event === undefined) throw new Error(connection.text);
    return event;
  }

  it.each([
    [
      'alb-issue.json',
      [
        'POST /v1/coupons/abcdefghijkl/issuances HTTP/1.1',
        'Host: api.example.com',
        'Authorization: Bearer token',
        'Content-Type: application/json',
        'Content-Length: 2',
        'Connection: keep-alive',
        '',
        '{}',
      ],
    ],
    [
      'alb-list.json',
      [
        'GET /v1/issuances/%7Bid%7D%2F..?state=issued&state=held&cursor=a%2Bb%3D+c&flag&empty= HTTP/1.1',
        'Host: api.example.com',
        'Accept-Language: ko',
        'accept-language: en',
        'X-Forwarded-For: 203.0.113.9',
        'Connection: keep-alive',
        'X-Forwarded-Proto: https',
        '',
        '',
      ],
    ],
  ])('is %s', async (file, lines) => {
    const golden: unknown = JSON.parse(
      await readFile(join(import.meta.dirname, '../events', file), 'utf8'),
    );

    const event = await sent(...lines);

    const { multiValueHeaders = {} } = event;
    expect(multiValueHeaders['x-forwarded-port']).toEqual([String(front.port)]);
    expect(multiValueHeaders['x-amzn-trace-id']?.[0]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    const withoutVolatile = {
      ...event,
      multiValueHeaders: {
        ...multiValueHeaders,
        'x-forwarded-port': ['<port>'],
        'x-amzn-trace-id': ['<trace>'],
      },
    };
    expect(JSON.parse(JSON.stringify(withoutVolatile))).toEqual(golden);
  });

  it('keeps the root of a trace that was sent and adds a segment of its own', async () => {
    const event = await sent(
      'GET / HTTP/1.1',
      'Host: x',
      'X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
      '',
      '',
    );

    expect(event.multiValueHeaders?.['x-amzn-trace-id']?.[0]).toMatch(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1$/,
    );
  });

  it.each([
    ['application/json; charset=utf-8', undefined, false],
    ['text/csv', undefined, false],
    ['application/xml', undefined, false],
    ['application/javascript', undefined, false],
    ['application/json', 'gzip', true],
    ['application/problem+json', undefined, true],
    ['application/octet-stream', undefined, true],
    [undefined, undefined, true],
  ])('has a body of type %s and encoding %s in base64: %s', async (type, encoding, base64) => {
    const event = await sent(
      'POST / HTTP/1.1',
      'Host: x',
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      ...(encoding === undefined ? [] : [`Content-Encoding: ${encoding}`]),
      'Content-Length: 5',
      '',
      'né {}'.slice(0, 4),
    );

    const body = 'né {';
    expect(event.isBase64Encoded).toBe(base64);
    expect(event.body).toBe(base64 ? Buffer.from(body).toString('base64') : body);
  });

  it('has the whole body of a chunked request and no transfer-encoding', async () => {
    const event = await sent(
      'POST / HTTP/1.1',
      'Host: x',
      'Content-Type: text/plain',
      'Transfer-Encoding: chunked',
      '',
      '3',
      'abc',
      '2',
      'de',
      '0',
      '',
      '',
    );

    expect(event.body).toBe('abcde');
    expect(event.multiValueHeaders).not.toHaveProperty('transfer-encoding');
  });

  it('has the path of a request line with a whole address', async () => {
    const event = await sent(
      'GET http://api.example.com/v1/coupons?a=b HTTP/1.1',
      'Host: x',
      '',
      '',
    );

    expect(event.path).toBe('/v1/coupons');
    expect(event.multiValueQueryStringParameters).toEqual({ a: ['b'] });
  });
});
