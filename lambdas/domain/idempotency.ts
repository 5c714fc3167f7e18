/** A reply as it is kept, to be given again. */
export interface KeptReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null for a reply without a body. */
  readonly body: string | null;
  /** The user whose data the body shows, if it names one: an erasure finds it by this. */
  readonly subject?: string | undefined;
}

/** A request with an idempotency key. */
export interface KeyedRequest {
  /** SHA-256 of the caller and the key, in hex: a key may be anything, personal data too. */
  readonly id: string;
  /** The token's subject. */
  readonly caller: string;
  /** SHA-256 of what is asked for, in hex: equal requests have the same one. */
  readonly fingerprint: string;
}

/**
 * What is known of a key. The `seed` stays the same for all attempts at one request, and is
 * another one when the key is used again after it was forgotten: ids are derived from it.
 */
export type KeyClaim =
  | { readonly kind: 'new'; readonly seed: string }
  /** The same request was begun before: it is under way, or it died. */
  | { readonly kind: 'begun'; readonly seed: string }
  | { readonly kind: 'answered'; readonly reply: KeptReply }
  | { readonly kind: 'other_request' };

/** PostgreSQL, for the replies of requests with a key. Rejects with `LedgerUnavailable`. */
export interface IdempotencyStore {
  claim(request: KeyedRequest): Promise<KeyClaim>;
  /** Keeps the reply, once: the one kept first stays, and is returned. */
  keep(request: KeyedRequest, reply: KeptReply): Promise<KeptReply>;
  /** Forgets the key, unless the request was begun more than once or has its reply. */
  release(request: KeyedRequest): Promise<void>;
}
