import type { Api } from '../api/client.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { Refused } from '../failures.ts';
import { print } from '../output/print.ts';
import { openScreen } from '../watch/screen.ts';
import { isOver, nothingSeen, withLook, type Sight } from '../watch/sight.ts';
import { plainLine, viewLines } from '../watch/view.ts';
import { toned } from '../output/line.ts';

const EVERY_MS = 1_000;

export const watch = command({
  name: 'watch',
  summary: 'shows an event live: what is left, how fast it goes, what is refused and why',
  usage: '<couponId> [--until-end]',
  positionals: [1, 1],
  options: {
    'until-end': { type: 'boolean', help: 'end when it is sold out, closed or over' },
    plain: { type: 'boolean', help: 'a line a second, as into a file or pipe' },
  },
  notes: [
    'Ctrl-C ends the view, not the event. It goes on through 503s and cut connections. With --json',
    'it prints one object a line, every second.',
  ],
  examples: [
    'watch q1w2e3r4t5y6',
    'watch q1w2e3r4t5y6 --until-end > event.log',
    'watch q1w2e3r4t5y6 --json | jq .stats.remaining',
  ],
  run: async ({ values, positionals: [couponId = ''], context, connect }) => {
    const { stdout, env, clock } = context;
    const api = await connect();
    // Before there is a picture: who can't reach it at all is told so at once.
    await api.ask({ route: 'getCoupon', parameters: { couponId } });
    const look = looker(api, couponId, context);
    const ends = (sight: Sight): boolean => values['until-end'] && isOver(sight);

    const inPlace = stdout.isTerminal && env['TERM'] !== 'dumb' && !values.plain && !values.json;
    if (!inPlace) {
      const show = values.json ? jsonLine : plainLine;
      await eachSecond(look, ends, context, (sight) => {
        stdout.write(`${show(sight, clock.now())}\n`);
      });
      return;
    }
    const screen = openScreen(stdout);
    let last = nothingSeen;
    try {
      await eachSecond(look, ends, context, (sight) => {
        last = sight;
        const hint = [toned('dim', '  Ctrl-C ends the view, not the event')];
        screen.draw([...viewLines(sight, clock.now(), stdout.columns()), hint]);
      });
    } finally {
      screen.close();
    }
    // The picture is gone with the screen; what was seen last stays.
    print(stdout, viewLines(last, clock.now(), stdout.columns()), true);
  },
});

type Look = (sight: Sight) => Promise<Sight>;

function looker(api: Api, couponId: string, { clock }: Context): Look {
  const parameters = { couponId };
  return async (sight) => {
    const [coupon, stats] = await Promise.all([
      api.askOnce({ route: 'getCoupon', parameters }),
      api.askOnce({ route: 'getCouponStats', parameters }),
    ]);
    return withLook(sight, coupon, stats, clock.now());
  };
}

/**
 * Looks every second and shows what was seen, also while an answer is awaited. Resolves when it
 * is over, or by Ctrl-C.
 * @throws Refused when there is nothing to watch any more
 */
async function eachSecond(
  look: Look,
  ends: (sight: Sight) => boolean,
  { clock, interrupted }: Context,
  show: (sight: Sight) => void,
): Promise<void> {
  let sight = nothingSeen;
  let looking: Promise<void> | undefined;
  const lookOnce = async (): Promise<void> => {
    sight = await look(sight);
    looking = undefined;
  };
  try {
    for (;;) {
      const begun = clock.elapsed();
      looking ??= lookOnce();
      await Promise.race([looking, clock.sleep(EVERY_MS, interrupted)]);
      if (sight.refused !== null) throw new Refused(sight.refused);
      show(sight);
      if (ends(sight)) return;
      await clock.sleep(Math.max(0, begun + EVERY_MS - clock.elapsed()), interrupted);
    }
  } catch (error) {
    if (!interrupted.aborted) throw error;
  }
}

function jsonLine({ answered, trouble, readAt }: Sight): string {
  const at = readAt === null ? null : new Date(readAt).toISOString();
  return JSON.stringify({ readAt: at, ...answered, trouble: trouble?.what ?? null });
}
