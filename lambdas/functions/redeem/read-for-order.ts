import type {
  IssuanceKey,
  OrderReading,
  RedemptionLedger,
} from '../../domain/redemption-ledger.ts';
import type { FindClaimDependencies, Missing } from './read-issuance.ts';
import { whyMissing } from './read-issuance.ts';

export interface ReadForOrderDependencies extends FindClaimDependencies {
  readonly redemptions: RedemptionLedger;
}

export interface ReadForOrderRequest {
  readonly key: IssuanceKey;
  readonly orderId: string;
  /** Only this user's issuances are there; undefined: everybody's. */
  readonly ownerId?: string | undefined;
}

export type OrderReadingOutcome =
  | { readonly kind: 'read'; readonly reading: OrderReading }
  | { readonly kind: 'refused'; readonly reason: Missing };

/** Reads an issuance for an order, or says why the caller can not have it. */
export async function readForOrder(
  { key, orderId, ownerId }: ReadForOrderRequest,
  dependencies: ReadForOrderDependencies,
): Promise<OrderReadingOutcome> {
  const reading = await dependencies.redemptions.readForOrder(key, orderId);
  if (reading === undefined) {
    // A code is made with the row: before that nobody can know it.
    const reason =
      'code' in key
        ? 'issuance_not_found'
        : await whyMissing(key.issuanceId, ownerId, dependencies);
    return { kind: 'refused', reason };
  }
  if (ownerId !== undefined && reading.issuance.userId !== ownerId) {
    return { kind: 'refused', reason: 'issuance_not_found' };
  }
  return { kind: 'read', reading };
}
