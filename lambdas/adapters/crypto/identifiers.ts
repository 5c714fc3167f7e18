import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { Identifiers } from '../../domain/ports.ts';

const COUPON_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const COUPON_ID_LENGTH = 12;
const DIGEST_BYTES = 16;
const CODE_BYTES = 16;
const REDEMPTION_ID_BYTES = 16;
const GRANT_ID_BYTES = 16;
/** Crockford's base 32: no I, L, O or U, so that a code can be read out on the telephone. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * @param secret the environment's own; without it no id can be guessed. It must never change
 *   while a coupon is alive: the same user would be let in again.
 */
export function identifiers(secret: string): Identifiers {
  if (secret.length < 32) throw new Error('the issuance id secret has fewer than 32 characters');
  // JSON keeps the parts apart: ("a", "bc") and ("ab", "c") differ.
  const digest = (...parts: readonly string[]): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify(parts))
      .digest()
      .subarray(0, DIGEST_BYTES)
      .toString('base64url');
  return {
    issuanceDigest: (couponId, userId, idempotencyKey) =>
      digest('issuance', couponId, userId, idempotencyKey),
    userKey: (userId) => digest('user', userId),
  };
}

export function newCouponId(): string {
  return Array.from({ length: COUPON_ID_LENGTH }, () =>
    COUPON_ALPHABET.charAt(randomInt(COUPON_ALPHABET.length)),
  ).join('');
}

/** 128 random bits, base64url, 22 characters. */
export function newRedemptionId(): string {
  return randomBytes(REDEMPTION_ID_BYTES).toString('base64url');
}

/** 128 random bits in base64url, 22 characters. */
export function newGrantId(): string {
  return randomBytes(GRANT_ID_BYTES).toString('base64url');
}

/** 128 random bits in 26 characters of Crockford's base 32. */
export function newCode(): string {
  let bits = BigInt(`0x${randomBytes(CODE_BYTES).toString('hex')}`);
  let code = '';
  for (let i = 0; i < 26; i += 1) {
    code = CODE_ALPHABET.charAt(Number(bits & 31n)) + code;
    bits >>= 5n;
  }
  return code;
}
