import type { Command } from './command.ts';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { NoAnswer, NotConfirmed, Refused, UsageError } from './failures.ts';
import { commandHelp, overview, shortHelp } from './help.ts';
import { toned } from './output/line.ts';
import { print, printJson } from './output/print.ts';
import { problemLines } from './output/problem.ts';
import { visible } from './output/text.ts';

const EXIT = { done: 0, refused: 1, usage: 2, noAnswer: 3, interrupted: 130 } as const;

/** Runs one command line; everything that can go wrong on the way becomes an exit code. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const { stdout, stderr } = context;
  const [first, ...rest] = args;
  if (first === undefined) {
    print(stderr, overview(commands));
    return EXIT.usage;
  }
  const asksForHelp = first === 'help' || first === '--help' || first === '-h';
  const name = asksForHelp ? rest[0] : first;
  if (name === undefined) {
    print(stdout, overview(commands));
    return EXIT.done;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const names = commands.map((candidate) => candidate.name).join(', ');
    stderr.write(`there is no command "${visible(name)}"; there are ${names}\n`);
    return EXIT.usage;
  }
  if (asksForHelp || isHelpAsked(rest)) {
    print(stdout, commandHelp(command));
    return EXIT.done;
  }
  try {
    await command.execute(rest, context);
    return EXIT.done;
  } catch (error) {
    if (context.interrupted.aborted) return EXIT.interrupted;
    return complain(error, command, rest.includes('--json'), context);
  }
}

/** What comes behind `--` is no option. */
function isHelpAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function complain(error: unknown, command: Command, asJson: boolean, { stderr }: Context): number {
  if (error instanceof UsageError) {
    print(stderr, [[toned('bad', visible(error.message))], ...shortHelp(command)]);
    return EXIT.usage;
  }
  if (error instanceof NotConfirmed) {
    stderr.write(`${error.message}\n`);
    return EXIT.refused;
  }
  if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
  const { problem } = error;
  if (asJson && problem?.document !== undefined) printJson(stderr, problem.document);
  else if (problem !== undefined) print(stderr, problemLines(problem));
  if (error instanceof Refused) return EXIT.refused;
  if (problem === undefined) print(stderr, [[toned('bad', visible(error.message))]]);
  const advice = error.advice ?? 'There was no definite answer. Asking again is safe.';
  print(stderr, [[advice]]);
  return EXIT.noAnswer;
}
