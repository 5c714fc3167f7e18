import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { InvocationOutcome } from './lambda/invocation.ts';
import { readJson, type StatePaths, writeJson } from './state.ts';

const couponSchema = z.object({ id: z.string(), name: z.string(), state: z.string() });
const tokenSchema = z.object({ access_token: z.string() });
/** What the restore function reports: ids of coupons. */
const restoredSchema = z.object({ opened: z.array(z.string()), alreadyOpen: z.array(z.string()) });

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** After a restart a gate needs 4 to 8 s to open again; a loaded machine takes longer. */
const GATE_PATIENCE_MS = 60_000;

/**
 * The coupon to try the stack with: the one of the last start while it is open, else a new one,
 * created through the public API as an operator would.
 * @throws Error with the API's answer when it refuses
 */
export async function demoCoupon(
  paths: StatePaths,
  api: string,
  issuer: string,
): Promise<{ id: string; name: string }> {
  const authorization = `Bearer ${await operatorToken(issuer)}`;
  const kept = z.object({ id: z.string() }).safeParse(await readJson(paths.demoCoupon));
  if (kept.success) {
    const response = await fetch(`${api}/v1/coupons/${kept.data.id}`, {
      headers: { authorization },
    });
    const coupon = couponSchema.safeParse(await response.json());
    if (coupon.success && coupon.data.state === 'open') return coupon.data;
  }
  const now = Date.now();
  const response = await fetch(`${api}/v1/coupons`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Demo: first come, first served',
      quantity: 1000,
      perUserLimit: 1,
      issueStartsAt: new Date(now).toISOString(),
      issueEndsAt: new Date(now + YEAR_MS).toISOString(),
      validity: { days: 30 },
      discount: { type: 'amount', amount: 5000, currency: 'KRW' },
    }),
  });
  const text = await response.text();
  if (response.status !== 201) {
    throw new Error(`The demo coupon was refused: ${response.status} ${text}`);
  }
  const coupon = couponSchema.parse(JSON.parse(text));
  await writeJson(paths.demoCoupon, { id: coupon.id });
  return coupon;
}

/**
 * Waits until a claim of this coupon would be served.
 * @returns false when that takes more than a minute
 */
export async function gateOpens(
  couponId: string,
  restore: (event: unknown) => Promise<InvocationOutcome>,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + GATE_PATIENCE_MS;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const outcome = await restore({ couponId });
    const restored = restoredSchema.safeParse(
      outcome.kind === 'returned' ? outcome.value : undefined,
    );
    if (restored.success) {
      const { opened, alreadyOpen } = restored.data;
      if (opened.includes(couponId) || alreadyOpen.includes(couponId)) return true;
    }
    await sleep(300, undefined, { signal });
  }
  return false;
}

/** Through the issuer, as any client of it would. */
async function operatorToken(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'operator',
      scope: 'coupons:manage',
    }),
  });
  if (!response.ok) throw new Error(`The issuer refused an operator's token: ${response.status}`);
  return tokenSchema.parse(await response.json()).access_token;
}
