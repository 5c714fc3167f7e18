import { importJWK, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { accessTokenClaims } from '../../local/servers/issuer/claims.ts';
import { readIssuerKey, type IssuerKey } from '../../local/servers/issuer/key.ts';

/** Tokens are good for hours before and after: functions whose clock is wrong must take them. */
const AGE_S = 2 * 3600;
const LIFETIME_S = AGE_S + 3 * 3600;

/** Everybody whom this test file has made a token for: their names have no place in a log. */
export const usersWithTokens = new Set<string>();

type PrivateKey = Awaited<ReturnType<typeof importJWK>>;

/** Signs tokens with the issuer's own key, as `npm run token` does, without asking it. */
export class TokenMint {
  readonly key: IssuerKey;
  readonly issuer: string;
  readonly audience: string;
  readonly #privateKey: PrivateKey;

  private constructor(key: IssuerKey, privateKey: PrivateKey, issuer: string, audience: string) {
    this.key = key;
    this.#privateKey = privateKey;
    this.issuer = issuer;
    this.audience = audience;
  }

  /** @param keyFile `issuer-key.json` of the state directory whose issuer it is */
  static async open(
    keyFile: string,
    { issuer, audience }: { issuer: string; audience: string },
  ): Promise<TokenMint> {
    const key = await readIssuerKey(keyFile);
    if (key === undefined) throw new Error(`${keyFile} is missing`);
    return TokenMint.of(key, { issuer, audience });
  }

  static async of(
    key: IssuerKey,
    { issuer, audience }: { issuer: string; audience: string },
  ): Promise<TokenMint> {
    return new TokenMint(key, await importJWK(key, key.alg), issuer, audience);
  }

  token(user: string, scope = 'coupons:use'): Promise<string> {
    return this.sign(this.claims(user, scope));
  }

  /** Tokens of many users, by user. */
  async tokens(users: readonly string[]): Promise<Map<string, string>> {
    const entries = users.map(async (user): Promise<[string, string]> => [
      user,
      await this.token(user),
    ]);
    return new Map(await Promise.all(entries));
  }

  /** What a good token says; for tests that change it. */
  claims(user: string, scope = 'coupons:use'): JWTPayload {
    usersWithTokens.add(user);
    const { issuer, audience } = this;
    const grant = { issuer, audience, subject: user, scope, expiresIn_s: LIFETIME_S };
    return accessTokenClaims(grant, Math.floor(Date.now() / 1000) - AGE_S);
  }

  sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    const { kid, alg } = this.key;
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', kid, alg, ...header })
      .sign(this.#privateKey);
  }
}
