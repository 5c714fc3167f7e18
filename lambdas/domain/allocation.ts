/**
 * Spreads a sum over amounts in proportion to them, in whole minor units, so that the shares add up
 * to it exactly: each share is rounded down, and what is left goes to those that lost most by
 * rounding (the largest remainder), the earlier first where two lost the same. No share exceeds its
 * amount, as long as the sum does not exceed theirs.
 */
export function allocate(sum: number, amounts: readonly number[]): number[] {
  const total = BigInt(amounts.reduce((left, right) => left + right, 0));
  if (total === 0n) return amounts.map(() => 0);
  // Products go beyond 2^53: both factors may be as large as any sum of money.
  const products = amounts.map((amount) => BigInt(sum) * BigInt(amount));
  const shares = products.map((product) => Number(product / total));
  const left = sum - shares.reduce((one, other) => one + other, 0);
  const roundedUp = new Set(
    products
      .map((product, index) => ({ remainder: product % total, index }))
      .toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index)
      .slice(0, left)
      .map(({ index }) => index),
  );
  return shares.map((share, index) => share + (roundedUp.has(index) ? 1 : 0));
}
