import type { CouponOptions, CouponResult } from './coupon-process.ts';
import { grantCases } from './operator-cases-grants.ts';
import { couponCases } from './operator-cases-coupons.ts';
import { recordCases } from './operator-cases-records.ts';

/** An API with operators, and shoppers, who use it: the stand-in, or a real stack. */
export interface OperatorWorld {
  /** Where files of the case may lie. */
  readonly folder: string;
  readonly coupon: (
    args: readonly string[],
    options?: Pick<CouponOptions, 'stdin' | 'onOutput'>,
  ) => Promise<CouponResult>;
  /** A shopper's claim; the issuance's id, or the code of the refusal. Recorded when it resolves. */
  readonly claim: (couponId: string, userId: string) => Promise<string>;
  /** An order redeems the issuance; the id of the redemption. */
  readonly redeem: (issuanceId: string) => Promise<string>;
  /** A record that can never be stored; the id under which it is in quarantine. */
  readonly poison: () => Promise<string>;
}

export interface OperatorCase {
  readonly title: string;
  readonly run: (world: OperatorWorld) => Promise<void>;
}

/** What operators do, and see; against whatever API it is run. */
export const operatorCases: readonly OperatorCase[] = [
  ...couponCases,
  ...recordCases,
  ...grantCases,
];

/** Flags of a coupon that is open now. */
export const FLAGS = [
  ...['create', '--name', 'Opening day', '--quantity', '5', '--starts', 'now', '--ends', '+2h'],
  ...['--valid-days', '30', '--amount', '5000', '--currency', 'KRW'],
];

/** The id of a new coupon. */
export async function newCoupon(
  world: Pick<OperatorWorld, 'coupon'>,
  ...changes: readonly string[]
): Promise<string> {
  const created = await world.coupon([...FLAGS, ...changes, '--json']);
  if (created.exitCode !== 0) throw new Error(`no coupon: ${created.stderr}`);
  return String(objectIn(created)['id']);
}

/** What `--json` printed. */
export function objectIn({ exitCode, stdout, stderr }: CouponResult): Record<string, unknown> {
  if (exitCode !== 0) throw new Error(`exit code ${exitCode ?? ''}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What `--json` printed of a list. */
export function itemsIn(result: CouponResult): Record<string, unknown>[] {
  return objectIn(result)['items'] as Record<string, unknown>[];
}
