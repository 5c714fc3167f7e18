/**
 * `npm run smoke`: tries a deployed API. Opens a coupon of one unit, claims it, waits until it is
 * issued, and closes it. The stack's outputs print the command.
 *
 * `COUPON_API` is its address. `COUPON_TOKEN` is a token with `coupons:use` and `coupons:manage`;
 * or `COUPON_TOKEN_URL`, `COUPON_CLIENT_ID` and `COUPON_CLIENT_SECRET` say who gives one to whom.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const ISSUED_WITHIN_MS = 30_000;
const SCOPES = ['coupons:use', 'coupons:manage'];

interface Reply {
  readonly id: string;
  readonly state: string;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

async function findToken(): Promise<string> {
  const given = process.env['COUPON_TOKEN'];
  if (given !== undefined && given !== '') return given;
  const url = variable('COUPON_TOKEN_URL');
  const client = `${variable('COUPON_CLIENT_ID')}:${variable('COUPON_CLIENT_SECRET')}`;
  const prefix = process.env['COUPON_SCOPE_PREFIX'] ?? 'coupon-api/';
  const reply = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(client).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: SCOPES.map((scope) => prefix + scope).join(' '),
    }),
  });
  if (!reply.ok) throw new Error(`no token: ${reply.status} ${await reply.text()}`);
  const { access_token: token } = (await reply.json()) as { access_token: string };
  return token;
}

const api = variable('COUPON_API').replace(/\/+$/, '');
const token = await findToken();

/** @throws Error with the whole reply when its status is another one */
async function call(method: string, path: string, status: number, body?: unknown): Promise<Reply> {
  const reply = await fetch(`${api}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  console.log(`${reply.status} ${method} ${path}`);
  if (reply.status !== status) throw new Error(`expected ${status}: ${text}`);
  return JSON.parse(text) as Reply;
}

const now = Date.now();
const coupon = await call('POST', '/v1/coupons', 201, {
  name: 'Smoke test',
  quantity: 1,
  issueStartsAt: new Date(now - 60_000).toISOString(),
  issueEndsAt: new Date(now + 600_000).toISOString(),
  validity: { days: 1 },
  discount: { type: 'percent', percent: 1, maxAmount: 1, currency: 'USD' },
});
try {
  const issuance = await call('POST', `/v1/coupons/${coupon.id}/issuances`, 202, {});
  let { state } = issuance;
  while (state !== 'issued') {
    if (Date.now() - now > ISSUED_WITHIN_MS) throw new Error(`still ${state}: is record running?`);
    await sleep(500);
    ({ state } = await call('GET', `/v1/issuances/${issuance.id}`, 200));
  }
} finally {
  await call('POST', `/v1/coupons/${coupon.id}/close`, 200);
}
console.log(`issued ${Date.now() - now} ms after the coupon was opened`);
