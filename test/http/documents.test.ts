import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { servedFile, servedText } from '../../lambdas/adapters/files/served-files.ts';
import {
  docsAssetEndpoint,
  docsEndpoint,
  openApiEndpoint,
  problemEndpoint,
} from '../../lambdas/functions/manage/documents-endpoints.ts';
import { problems } from '../../lambdas/http/problems.ts';
import { httpFunction, type FunctionReply } from '../support/http-function.ts';

const DOCUMENT = '{"openapi":"3.1.1"}';
const files = {
  style: servedText('body{}'),
  program: servedText('1;'),
  start: servedText('2;'),
};

const send = httpFunction({
  endpoints: {},
  publicEndpoints: {
    getOpenApi: openApiEndpoint(servedText(DOCUMENT)),
    getDocs: docsEndpoint(files),
    getDocsAsset: docsAssetEndpoint(files),
    getProblem: problemEndpoint(),
  },
});

const get = (path: string, headers: Record<string, string> = {}, query = {}) =>
  send({ path, headers, query });

function bytesOf({ body, isBase64Encoded }: FunctionReply): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

describe('the document', () => {
  it.each(['gzip', 'br, gzip;q=0.8', '*', 'GZIP', 'x-gzip', 'gzip;q=0.001'])(
    'is compressed for those who take %s',
    async (accepted) => {
      const reply = await get('/openapi.json', { 'accept-encoding': accepted });
      expect(reply.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
      expect(gunzipSync(bytesOf(reply)).toString()).toBe(DOCUMENT);
    },
  );

  it.each(['', 'br', 'identity', 'gzip;q=0', 'gzip; q=0.000', 'gzippo'])(
    'is sent as it is to those who take %p',
    async (accepted) => {
      const reply = await get('/openapi.json', { 'accept-encoding': accepted });
      expect(reply.headers['content-encoding']).toBeUndefined();
      expect(bytesOf(reply).toString()).toBe(DOCUMENT);
    },
  );

  it('is not sent again to those who have it', async () => {
    const { headers } = await get('/openapi.json');
    const etag = headers['etag'] ?? '';
    expect(etag).toMatch(/^W\/"[0-9a-f]{16}"$/);
    for (const known of [etag, `"x", ${etag}`, '*', etag.slice(2)]) {
      expect(await get('/openapi.json', { 'if-none-match': known })).toMatchObject({
        status: 304,
        body: '',
      });
    }
    expect(await get('/openapi.json', { 'if-none-match': '"x"' })).toMatchObject({ status: 200 });
  });
});

describe('the page of the document', () => {
  it('loads its own parts only, which are kept for ever under names that change with them', async () => {
    const page = await get('/docs');
    const paths = [...page.body.matchAll(/"(\/docs\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(page.body).not.toMatch(/https?:/);
    const parts = await Promise.all(paths.map((path) => get(path)));
    expect(parts.map((part) => gunzipSync(bytesOf(part)).toString())).toEqual([
      'body{}',
      '1;',
      '2;',
    ]);
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual([
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
      'text/javascript; charset=utf-8',
    ]);
    for (const path of paths) {
      expect(path).toMatch(/^\/docs\/[0-9a-f]{16}-[a-z.-]+$/);
      expect(await get(path.replace(/[0-9a-f]{16}/, '0'.repeat(16)))).toMatchObject({
        status: 404,
        json: { code: 'not_found' },
      });
    }
  });

  it('may load, send and be framed from nowhere else', async () => {
    const { headers } = await get('/docs');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('is read again when its files could not be read at first', async () => {
    let failures = 1;
    const style = () => (failures-- > 0 ? Promise.reject(new Error('no file')) : servedText('x')());
    const once = httpFunction({
      endpoints: {},
      publicEndpoints: { getDocs: docsEndpoint({ ...files, style }) },
    });
    expect(await once({ path: '/docs' })).toMatchObject({ status: 503 });
    expect(await once({ path: '/docs' })).toMatchObject({ status: 200 });
  });
});

it('a file is read when it is first asked for, and again after it could not be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coupon-files-'));
  const path = join(folder, 'later.txt');
  const read = servedFile(path);
  await expect(read()).rejects.toThrow('ENOENT');
  writeFileSync(path, 'here');
  expect((await read()).content.toString()).toBe('here');
  rmSync(folder, { recursive: true });
  expect((await read()).content.toString()).toBe('here');
});

it.each(['/openapi.json', '/docs', '/docs/x', '/problems/sold_out', '/health'])(
  'nobody needs a token to learn that %s is only read',
  async (path) => {
    const reply = await send({ method: 'POST', path });
    expect(reply).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
    expect(reply.headers['allow']).toBe('GET, HEAD, OPTIONS');
  },
);

describe.each(Object.keys(problems) as (keyof typeof problems)[])('the page of %s', (code) => {
  it.each([
    ['en', 'What to do', /^[^가-힣]+$/],
    ['ko', '해결 방법', /[가-힣]/],
  ] as const)('says in %s what it means and what to do', async (language, heading, words) => {
    const reply = await get(`/problems/${code}`, { 'accept-language': language });
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      vary: 'Accept-Language',
    });
    expect(reply.body).toContain(`<html lang="${language}">`);
    expect(reply.body).toContain(heading);
    expect(reply.body).toContain(`${problems[code].status} ${code}`);
    const paragraphs = [...reply.body.matchAll(/<p>(.*?)<\/p>/gs)].map(([, text = '']) => text);
    expect(paragraphs).toHaveLength(2);
    for (const text of paragraphs) {
      expect(text).toMatch(words);
      expect(text).not.toContain('`');
    }
  });
});

describe('a page of a problem', () => {
  const languageOf = async (lang: string, accepted: string): Promise<string | undefined> =>
    (await get('/problems/sold_out', { 'accept-language': accepted }, { lang })).headers[
      'content-language'
    ];

  it('is in the language of its link, whatever the browser prefers', async () => {
    expect(await languageOf('ko', 'en')).toBe('ko');
    expect(await languageOf('en', 'ko')).toBe('en');
    expect(await languageOf('fr', 'ko')).toBe('ko');
    const page = await get('/problems/sold_out', { 'accept-language': 'en' });
    expect(page.body).toContain('<a href="?lang=ko" hreflang="ko" lang="ko">한국어</a>');
  });

  it('allows its own style, and nothing else', async () => {
    const { body, headers } = await get('/problems/sold_out');
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it.each(['nothing', '__proto__', 'toString', '%3Cscript%3E', 'SOLD_OUT'])(
    'is not there for %s',
    async (code) => {
      expect(await get(`/problems/${code}`)).toMatchObject({
        status: 404,
        json: { code: 'not_found' },
      });
    },
  );
});
