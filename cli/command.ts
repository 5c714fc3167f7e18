import { parseArgs } from 'node:util';
import { connectApi, type Api } from './api/client.ts';
import { findTarget, isReadableOnTheWay } from './api/target.ts';
import type { Context } from './context.ts';
import { reasonOf } from './error-reason.ts';
import { UsageError } from './failures.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name]['type'] extends 'boolean' ? boolean : string | undefined;
};

/** Of every command. */
export const globalOptions = {
  api: {
    type: 'string',
    value: 'URL',
    help: 'the API; else COUPON_API, else the local stack (of COUPON_STATE_DIR)',
  },
  token: {
    type: 'string',
    value: 'TOKEN',
    help: 'better COUPON_TOKEN: lists of processes show what is typed here',
  },
  json: { type: 'boolean', help: "print the API's JSON" },
  lang: { type: 'string', value: 'en|ko', help: 'language of what the API says; else en' },
  help: { type: 'boolean', help: 'print this' },
} as const satisfies Options;

/** What a command is run with. */
export interface Invocation<O extends Options> {
  readonly values: Values<O & typeof globalOptions>;
  readonly positionals: readonly string[];
  readonly context: Context;
  /** Finds out which API is meant; nothing is sent yet. @throws UsageError */
  readonly connect: () => Promise<Api>;
}

interface Definition<O extends Options> {
  readonly name: string;
  readonly summary: string;
  /** What follows the command's name, without the options of all commands. */
  readonly usage: string;
  /** How many arguments that are no options, at least and at most. */
  readonly positionals: readonly [least: number, most: number];
  readonly options: O;
  readonly notes?: readonly string[];
  readonly examples: readonly string[];
  readonly run: (invocation: Invocation<O>) => Promise<void>;
}

/** A command, whatever its options are. */
export type Command = Omit<Definition<Options>, 'run'> & {
  /** @throws UsageError, Refused, NoAnswer, NotConfirmed */
  readonly execute: (args: readonly string[], context: Context) => Promise<void>;
};

export function command<const O extends Options>({ run, ...definition }: Definition<O>): Command {
  return {
    ...definition,
    execute: async (args, context) => {
      const { values, positionals } = parsed(args, { ...globalOptions, ...definition.options });
      const [least, most] = definition.positionals;
      if (positionals.length < least)
        throw new UsageError(`${definition.name} needs more to go on`);
      if (positionals.length > most) {
        throw new UsageError(`what is "${positionals[most] ?? ''}" here?`);
      }
      await run({ values, positionals, context, connect: () => connected(values, context) });
    },
  };
}

function parsed<O extends Options>(
  args: readonly string[],
  options: O,
): { readonly values: Values<O>; readonly positionals: readonly string[] } {
  const descriptors = Object.entries(options).map(([name, { type }]) => [
    name,
    type === 'boolean' ? { type, default: false } : { type },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: joined(args, options),
      options: Object.fromEntries(descriptors) as Record<string, { type: 'string' | 'boolean' }>,
      allowPositionals: true,
    });
    return { values: values as Values<O>, positionals };
  } catch (error) {
    throw new UsageError(reasonOf(error));
  }
}

/**
 * `--job -3f…` as `--job=-3f…`: one id in 64 begins with a dash, and parseArgs would take it for an
 * option. What is one of the command's own options stays one: then the value was forgotten.
 */
function joined(args: readonly string[], options: Options): string[] {
  const own = new Set(Object.keys(options).map((name) => `--${name}`));
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  const result: string[] = [];
  for (const arg of before) {
    const last = result.at(-1);
    const awaitsValue = last !== undefined && options[last.slice(2)]?.type === 'string';
    if (awaitsValue && last.startsWith('--') && arg.startsWith('-') && !own.has(arg)) {
      result[result.length - 1] = `${last}=${arg}`;
    } else result.push(arg);
  }
  return [...result, ...args.slice(before.length)];
}

const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/;

async function connected(values: Values<typeof globalOptions>, context: Context): Promise<Api> {
  const { lang = 'en' } = values;
  if (!LANGUAGE.test(lang)) throw new UsageError(`--lang ${lang} is no language`);
  const target = await findTarget(values, context);
  if (isReadableOnTheWay(target.api)) {
    context.stderr.write(`${target.api} is not https: the token can be read on the way\n`);
  }
  return connectApi({ ...target, language: lang }, context);
}
