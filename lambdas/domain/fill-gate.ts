import type { LockedCoupon, StockGate } from './ports.ts';

export interface FillSettings {
  /** Claims sent to the gate at once. */
  readonly chunkSize: number;
  /** From the end of the issue window until Valkey may forget the gate. */
  readonly forgetAfterMs: number;
}

/**
 * Loads the coupon's claims into the gate being built by its epoch, and opens it; under the
 * coupon's row lock, so that none is added meanwhile. False if the gate is not to be opened so.
 *
 * @param afterChunk called after each chunk is loaded
 */
export async function fillGate(
  locked: LockedCoupon,
  gate: StockGate,
  settings: FillSettings,
  afterChunk: () => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  const { coupon } = locked;
  const { epoch } = coupon;
  if (!(await gate.clear(coupon.id, epoch, coupon.perUserLimit))) return false;
  let given = 0;
  let lastSequence = 0;
  for await (const chunk of locked.issuances(settings.chunkSize)) {
    if (!(await gate.load(coupon.id, epoch, chunk))) return false;
    given += chunk.length;
    lastSequence = chunk.reduce((most, { sequence }) => Math.max(most, sequence), lastSequence);
    await afterChunk();
  }
  const isOpen = await gate.open(coupon.id, {
    epoch,
    version: coupon.version,
    quantity: coupon.quantity,
    given,
    lastSequence,
    perUserLimit: coupon.perUserLimit,
    control: coupon.control,
    issueStartsAt: coupon.issueStartsAt,
    issueEndsAt: coupon.issueEndsAt,
    forgetAt: coupon.issueEndsAt + settings.forgetAfterMs,
  });
  if (isOpen) await locked.noteOpened();
  return isOpen;
}
