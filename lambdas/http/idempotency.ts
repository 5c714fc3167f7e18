import { createHash } from 'node:crypto';
import type { IdempotencyStore, KeptReply, KeyedRequest } from '../domain/idempotency.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import { problems } from './problems.ts';
import { canonicalJson } from './canonical-json.ts';

/** What can be created once for each key, whatever became of the first attempt. */
export type IdempotentThing = 'coupon' | 'grant';

/** The id that the thing gets; undefined without a key: then it is a new one each time. */
export type IdempotentId = (thing: IdempotentThing) => string | undefined;

/** A request as far as it tells one use of a key from another. */
interface Asked {
  readonly method: string;
  readonly path: string;
  /** The token's subject: equal keys of different callers have nothing to do with each other. */
  readonly caller: string;
  readonly body: unknown;
}

/** A header of answers that were given before. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed';

/** More is not kept; the request is then run again, as it is after an attempt that died. */
const MAX_KEPT_BYTES = 64 * 1024;

/**
 * Answers a request with a key: the same request gets the same answer, another one is refused.
 *
 * The key is claimed before anything runs, and success is kept afterwards. What died in between is
 * run again by the next attempt, which is harmless: changes of a state are so by themselves, and
 * what is created takes its id from the key's seed.
 *
 * Only success is kept. A refusal says how things stood, and changed nothing: who asks again with
 * the same key means the same thing, and wants to know how things stand now. A day of `sold_out`
 * after stock was added would help nobody. For the same reason a request that was refused at its
 * first attempt frees its key, so that it can be mended. A 503 keeps the key: what it did is not
 * known.
 *
 * @param run answers the request itself
 * @param onFault told when a reply could not be kept; it is true all the same
 */
export async function answerOnce(
  store: IdempotencyStore,
  key: string,
  asked: Asked,
  run: (idempotentId: IdempotentId) => Promise<Answer>,
  onFault: (error: unknown) => void,
): Promise<Answer> {
  const request = keyedRequest(key, asked);
  const claim = await store.claim(request);
  if (claim.kind === 'other_request') return problem('idempotency_key_reused');
  if (claim.kind === 'answered') return replay(claim.reply);

  const { seed } = claim;
  const answer = await run((thing) => idFrom(seed, thing));
  try {
    if (isRefusal(answer)) await store.release(request);
    const reply = toKeep(answer);
    // Of two attempts at the same time, both give the answer that is kept.
    return reply === undefined ? answer : given(reply, await store.keep(request, reply), answer);
  } catch (error) {
    onFault(error);
    return answer;
  }
}

function keyedRequest(key: string, { method, path, caller, body }: Asked): KeyedRequest {
  return {
    // JSON keeps the parts apart.
    id: sha256(JSON.stringify([caller, key])),
    caller,
    fingerprint: sha256(JSON.stringify([method, path, canonicalJson(body)])),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const COUPON_ID_LENGTH = 12;
const GRANT_ID_BYTES = 16;

function idFrom(seed: string, thing: IdempotentThing): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, thing]))
    .digest();
  switch (thing) {
    case 'coupon':
      return BigInt(`0x${digest.toString('hex')}`)
        .toString(36)
        .slice(-COUPON_ID_LENGTH);
    case 'grant':
      return digest.subarray(0, GRANT_ID_BYTES).toString('base64url');
  }
}

function isRefusal(answer: Answer): boolean {
  return answer.kind === 'problem' && problems[answer.code].status < 500;
}

function toKeep(answer: Answer): KeptReply | undefined {
  if (answer.kind !== 'json' && answer.kind !== 'empty') return undefined;
  const { status, headers = {} } = answer;
  if (status < 200 || status > 299) return undefined;
  if (answer.kind === 'empty') return { status, headers, body: null };
  const body = JSON.stringify(answer.body);
  if (Buffer.byteLength(body) > MAX_KEPT_BYTES) return undefined;
  return { status, headers, body, subject: subjectOf(answer.body) };
}

function subjectOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('userId' in body)) return undefined;
  return typeof body.userId === 'string' ? body.userId : undefined;
}

function given(own: KeptReply, kept: KeptReply, answer: Answer): Answer {
  return kept === own ? answer : replay(kept);
}

function replay({ status, headers: kept, body }: KeptReply): Answer {
  const headers = { ...kept, [IDEMPOTENCY_REPLAYED]: 'true' };
  if (body === null) return { kind: 'empty', status, headers };
  return { kind: 'document', status, contentType: 'application/json', content: body, headers };
}
