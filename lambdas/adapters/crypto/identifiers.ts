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

/** 128 random bits in 26 characters of Crockford's base 32; the first has the three that are left. */
export function newCode(): string {
  let code = '';
  let bits = 0;
  let held = 0;
  for (const byte of randomBytes(CODE_BYTES)) {
    bits |= byte << held;
    for (held += 8; held >= 5; held -= 5) {
      code = CODE_ALPHABET.charAt(bits & 31) + code;
      bits >>>= 5;
    }
  }
  return CODE_ALPHABET.charAt(bits) + code;
}
