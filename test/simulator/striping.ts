/**
 * `npm run striping`: how fair one coupon is whose units are striped over several shards. Claims go
 * to a shard by their user; at the end of the stock some shards are sold out before others. Prints
 * how many claims are refused while units are left, and how many places a claim is overtaken by:
 * alone, with a second look at one other shard, and with a look at all of them.
 */

/** A repeatable sequence in [0, 1): mulberry32. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Outcome {
  /** Refused while another shard still had a unit. */
  readonly refusedEarly: number;
  /** Claims that came later than the first one refused, and got a unit. */
  readonly overtaken: number;
  /** Claims from the first refusal until the last unit was given. */
  readonly tail: number;
  /** Gates asked in all, for each claim. */
  readonly asks: number;
}

/** One event: `units` over `shards`, claims of users who all come once, until nothing is left. */
function play(units: number, shards: number, looks: number, random: () => number): Outcome {
  const stock = Array.from(
    { length: shards },
    (_, i) => Math.floor(units / shards) + (i < units % shards ? 1 : 0),
  );
  let left = units;
  let claims = 0;
  let asks = 0;
  let firstRefusal: number | undefined;
  let refusedEarly = 0;
  let overtaken = 0;
  while (left > 0) {
    claims += 1;
    const home = Math.floor(random() * shards);
    let taken = false;
    for (let look = 0; look < looks && !taken; look += 1) {
      const shard = (home + look) % shards;
      asks += 1;
      if ((stock[shard] ?? 0) > 0) {
        stock[shard] = (stock[shard] ?? 0) - 1;
        left -= 1;
        taken = true;
      }
    }
    if (taken) {
      if (firstRefusal !== undefined) overtaken += 1;
    } else {
      refusedEarly += 1;
      firstRefusal ??= claims;
    }
  }
  const tail = firstRefusal === undefined ? 0 : claims - firstRefusal + 1;
  return { refusedEarly, overtaken, tail, asks: asks / claims };
}

const EVENTS = 200;
const UNITS = 100_000;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const lines = ['shards  looks  refused early  overtaken by   share of stock   asks a claim'];
for (const shards of [1, 4, 10, 30]) {
  for (const looks of [...new Set([1, Math.min(2, shards), shards])]) {
    const random = dice(shards * 1_000 + looks);
    const outcomes = Array.from({ length: EVENTS }, () => play(UNITS, shards, looks, random));
    const overtaken = mean(outcomes.map((outcome) => outcome.overtaken));
    lines.push(
      [
        String(shards).padStart(6),
        String(looks).padStart(7),
        mean(outcomes.map(({ refusedEarly }) => refusedEarly))
          .toFixed(0)
          .padStart(15),
        overtaken.toFixed(0).padStart(14),
        `${((100 * overtaken) / UNITS).toFixed(2)} %`.padStart(17),
        mean(outcomes.map(({ asks }) => asks))
          .toFixed(3)
          .padStart(15),
      ].join(''),
    );
  }
}
console.log(`${EVENTS} events of ${UNITS.toLocaleString('en')} units\n${lines.join('\n')}`);
