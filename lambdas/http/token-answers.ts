import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { TokenFault } from './authenticator.ts';
import type { Text } from './text.ts';

/** What is wrong with the Authorization header, or with the token in it. */
export type Unauthenticated = TokenFault | 'no_token' | 'not_one_bearer_token';

/** They name what is wrong, and nothing of the token. */
const DETAILS: Readonly<Record<Unauthenticated, Text>> = {
  no_token: { en: 'There is no access token.', ko: '액세스 토큰이 없습니다.' },
  not_one_bearer_token: {
    en: 'The Authorization header is not one Bearer token.',
    ko: 'Authorization 헤더가 Bearer 토큰 하나가 아닙니다.',
  },
  not_a_jwt: { en: 'The token is not a JWT.', ko: '토큰이 JWT가 아닙니다.' },
  other_issuer: {
    en: 'The token is from another issuer.',
    ko: '다른 발급자의 토큰입니다.',
  },
  other_audience: {
    en: 'The token is for another audience.',
    ko: '다른 서비스용 토큰입니다.',
  },
  no_expiry: { en: 'The token has no expiry.', ko: '토큰에 만료 시각이 없습니다.' },
  expired: { en: 'The token has expired.', ko: '토큰이 만료되었습니다.' },
  no_access_token: {
    en: 'The token is not an access token.',
    ko: '액세스 토큰이 아닙니다.',
  },
  no_user: { en: 'The token names no user.', ko: '토큰에 사용자가 없습니다.' },
  claim_missing_or_wrong: {
    en: 'A claim of the token is missing or wrong.',
    ko: '토큰의 클레임이 없거나 잘못되었습니다.',
  },
  signature_not_trusted: {
    en: 'The signature of the token can not be trusted.',
    ko: '토큰의 서명을 신뢰할 수 없습니다.',
  },
};

export function unauthenticated(fault: Unauthenticated): Answer {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return problem('unauthenticated', { detail: DETAILS[fault], headers });
}

export function insufficientScope(scopes: readonly string[]): Answer {
  const scope = scopes.join(' ');
  const headers = { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` };
  const detail = {
    en: `One of these is needed: ${scope}.`,
    ko: `다음 중 하나가 필요합니다: ${scope}`,
  };
  return problem('insufficient_scope', { detail, headers });
}
