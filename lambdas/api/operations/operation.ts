import type * as z from 'zod';
import type { ProblemCode } from '../../http/problems.ts';
import type { ReplyHeader, RequestHeader } from './headers.ts';

export const TAGS = {
  Coupons: 'What operators define, and what everybody may read of it.',
  Issuances: 'One coupon given to one user.',
  Redemptions: 'The one use of an issuance by an order.',
  Operations: 'For operators: what happened, and what could not be stored.',
  Service: 'What anybody may read, without a token.',
} as const;

/** Of a body or a reply; a test holds each to its schema. */
export type Examples = Readonly<
  Record<string, { readonly summary: string; readonly value: unknown }>
>;

export interface ReplyDescription {
  readonly description: string;
  /** None for a reply without a body. */
  readonly schema?: z.ZodType;
  /** `application/json` unless it says otherwise. */
  readonly contentTypes?: readonly string[];
  /** What the same reply is in other types, where the caller may choose. */
  readonly otherContents?: Readonly<Record<string, z.ZodType>>;
  readonly headers?: readonly ReplyHeader[];
  readonly examples?: Examples;
}

/**
 * What the API's document says of a route besides what follows from the route itself: its scopes,
 * path parameters, limits, key, and the problems that come with them.
 */
export interface Operation {
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly tag: keyof typeof TAGS;
  /** The schema that validates the query. */
  readonly query?: z.ZodObject;
  readonly requestHeaders?: readonly RequestHeader[];
  readonly body?: {
    readonly required: boolean;
    /** The schema that validates the body. */
    readonly schema: z.ZodType;
    readonly examples: Examples;
  };
  /** By status; of success, and 304. */
  readonly replies: Readonly<Record<number, ReplyDescription>>;
  /** The problems of its own. */
  readonly problems: readonly ProblemCode[];
}
