import { untilAtRest } from '../../local/invariants/at-rest.ts';
import { checkInvariants } from '../../local/invariants/check-invariants.ts';
import type { InvariantReport } from '../../local/invariants/report.ts';
import type { IssuerKey } from '../../local/servers/issuer/key.ts';
import { statePaths } from '../../local/state.ts';
import { Checkout } from './checkout.ts';
import { createCoupon } from './coupons.ts';
import { HttpClient, json, type HttpReply } from './http-client.ts';
import type { OwnServers } from './own-servers.ts';
import { Shoppers } from './shoppers.ts';
import { TestStack, type StackOptions } from './stack.ts';
import { TokenMint } from './tokens.ts';
import { until } from './until.ts';

/** Rebuilding a gate takes 4 to 8 s, and a consumer that was killed blocks its group for 6 s. */
const REST_PATIENCE_MS = 30_000;

/** A running stack with those who use it. */
export class Flow {
  readonly stack: TestStack;
  readonly http: HttpClient;
  readonly mint: TokenMint;
  readonly shoppers: Shoppers;
  readonly checkout: Checkout;
  readonly operatorToken: string;

  private constructor(
    stack: TestStack,
    mint: TokenMint,
    operatorToken: string,
    checkoutToken: string,
  ) {
    this.stack = stack;
    this.mint = mint;
    this.operatorToken = operatorToken;
    this.http = new HttpClient(stack.endpoints.api);
    this.shoppers = new Shoppers(this.http, mint);
    this.checkout = new Checkout(this.http, checkoutToken);
  }

  /** A complete stack, with servers of its own. */
  static async start(options: StackOptions = {}): Promise<Flow> {
    const stack = await TestStack.start(options);
    const { issuerKey } = statePaths(stack.stateDir);
    return Flow.of(stack, await TokenMint.open(issuerKey, stack.endpoints));
  }

  /**
   * A stack that uses these servers.
   *
   * @param key of the issuer, unless it is that of these servers
   */
  static async startOn(
    servers: OwnServers,
    options: StackOptions = {},
    key?: IssuerKey,
  ): Promise<Flow> {
    const variables = { ...servers.variables, ...options.variables };
    const stack = await TestStack.start({ ...options, variables });
    const mint =
      key === undefined
        ? await TokenMint.open(servers.issuerKeyFile, stack.endpoints)
        : await TokenMint.of(key, stack.endpoints);
    return Flow.of(stack, mint);
  }

  static async of(stack: TestStack, mint: TokenMint): Promise<Flow> {
    const operatorToken = await mint.token('operator', 'coupons:manage');
    return new Flow(stack, mint, operatorToken, await mint.token('shop', 'coupons:checkout'));
  }

  createCoupon(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return createCoupon(this.http, this.operatorToken, changes);
  }

  /** Has a user claim an issuance, and waits until it is recorded. Returns its id. */
  async issue(couponId: string, userId: string): Promise<string> {
    const { issuance } = await this.shoppers.claimUntilSettled(couponId, userId);
    if (issuance === undefined) throw new Error(`${userId} was refused`);
    const path = `/v1/issuances/${issuance.id}`;
    await until('the issuance is recorded', REST_PATIENCE_MS, async () => {
      const reading = json(await this.http.get(path, this.operatorToken));
      return reading['state'] === 'accepted' ? undefined : reading['state'];
    });
    return issuance.id;
  }

  /** As an operator. */
  revoke(issuanceId: string): Promise<HttpReply> {
    const path = `/v1/issuances/${issuanceId}/revoke`;
    return this.http.send({ method: 'POST', path, token: this.operatorToken });
  }

  /** Waits for rest, then counts the invariants of these coupons over all replies so far. */
  async invariants(...couponIds: readonly string[]): Promise<InvariantReport[]> {
    const { kafka, topic, group, valkey, databaseUrl } = this.stack.endpoints;
    const target = { couponIds, brokers: kafka.split(','), topic, group, valkeyUrl: valkey };
    await untilAtRest(target, REST_PATIENCE_MS);
    return checkInvariants({
      ...target,
      databaseUrl,
      replies: this.shoppers.replies,
      redeemReplies: this.checkout.replies,
      rollbackReplies: this.checkout.rollbacks,
    });
  }

  /** Ends the stack and forgets its data. */
  async remove(): Promise<void> {
    this.http.close();
    await this.stack.remove();
  }
}

/** The broken invariants, for `expect(…).toEqual([])`. */
export function broken(reports: readonly InvariantReport[]): InvariantReport[] {
  return reports.filter(({ violations }) => violations.length > 0);
}
