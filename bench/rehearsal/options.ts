import { parseArgs } from 'node:util';
import type { CrowdOptions } from './crowd.ts';
import { FAULTS, isFaultName, isOfChannel, type FaultName } from './faults/names.ts';

export interface RehearsalOptions {
  readonly crowd: CrowdOptions;
  readonly quantity: number;
  /** What breaks, and when: seconds after the beginning. */
  readonly faults: readonly { readonly name: FaultName; readonly atSeconds: number }[];
  /** Users and operators are told what happens, by every channel. */
  readonly tellsPeople?: boolean;
  /** A deployed environment, by the operator's own word; otherwise the local stack. */
  readonly remote?: { readonly api: string; readonly issuer: string } | undefined;
  /** It ends with 1 also when an alarm would have rung. */
  readonly isQuiet?: boolean;
  /** Where the report goes. */
  readonly out: string;
}

/** What the command line got wrong, in a sentence. */
export class UsageError extends Error {}

export const USAGE = `npm run rehearse -- [--rate 3000] [--seconds 30] [--users 60000] [--quantity 20000]
    [--fault NAME[@SECOND],…] [--notify] [--seed 1] [--quiet] [--out reports]
    [--target https://… --issuer https://…]

A dry run of an event: users press the button at a constant rate, some twice, some impatiently;
some go away, some come back when they are told to, some redeem. At the end every promise is
counted. Ends with 1 if one is broken. Tells which alarms would have rung, and with --quiet ends
with 1 if one does. With --notify, or a fault of a channel, users and operators are told what happens
by e-mail, webhook, Slack and SNS.

Faults (local stack only): ${Object.keys(FAULTS).join(', ')}.
Without a second they strike at even distances.

A deployed environment is asked as REHEARSAL_CLIENT_ID with REHEARSAL_CLIENT_SECRET (client
credentials for coupons:manage and coupons:checkout), and for its users with REHEARSAL_PASSWORD.
`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): RehearsalOptions {
  const values = parse(args);
  const crowd = {
    rate: wholeNumber('--rate', values.rate, 1, 100_000),
    seconds: wholeNumber('--seconds', values.seconds, 1, 3_600),
    users: wholeNumber('--users', values.users, 1, 10_000_000),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 31 - 1),
  };
  const faults = readFaults(values.fault ?? [], crowd.seconds);
  const { target, issuer } = values;
  if ((target === undefined) !== (issuer === undefined)) {
    throw new UsageError('--target and --issuer go together');
  }
  if (target !== undefined && values.quiet) {
    throw new UsageError('alarms of a deployed environment are CloudWatch’s: no --quiet');
  }
  if (target !== undefined && faults.length > 0) {
    throw new UsageError('faults are for the local stack: --fault does not go with --target');
  }
  return {
    crowd,
    quantity: wholeNumber('--quantity', values.quantity, 1, 10_000_000),
    faults,
    remote:
      target === undefined
        ? undefined
        : { api: address('--target', target), issuer: address('--issuer', issuer ?? '') },
    tellsPeople: values.notify || faults.some(({ name }) => isOfChannel(name)),
    isQuiet: values.quiet,
    out: values.out,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '3000' },
        seconds: { type: 'string', default: '30' },
        users: { type: 'string', default: '60000' },
        quantity: { type: 'string', default: '20000' },
        fault: { type: 'string', multiple: true },
        seed: { type: 'string', default: '1' },
        notify: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        out: { type: 'string', default: 'reports' },
        target: { type: 'string' },
        issuer: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readFaults(given: readonly string[], seconds: number): RehearsalOptions['faults'] {
  const asked = given.flatMap((list) => list.split(',')).filter((text) => text !== '');
  return asked.map((text, i) => {
    const [name = '', at] = text.split('@');
    if (!isFaultName(name)) {
      throw new UsageError(
        `there is no fault ${name}; there are ${Object.keys(FAULTS).join(', ')}`,
      );
    }
    const evenly = Math.round((seconds * (i + 1)) / (asked.length + 1));
    const atSeconds = at === undefined ? evenly : wholeNumber(`--fault ${name}@`, at, 0, seconds);
    return { name, atSeconds };
  });
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option} ${text} is not a whole number from ${least} to ${most}`);
  }
  return value;
}

function address(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${option} ${text} is not an http or https address`);
  }
  return url.href.replace(/\/$/, '');
}
