import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { runbookCommands, type RunbookCommand } from '../support/runbook.ts';

const run = promisify(execFile);

const START_MS = 180_000;
const COMMAND_MS = 60_000;
/** Most of them start a process of Node, which takes half a second of a core. */
const AT_ONCE = 3;

const [before, ...commands] = runbookCommands().filter(({ place }) => place === 'local');
/** Those that break something are run alone, one after the other. */
const breaks = ({ text }: RunbookCommand): boolean => /kill -9|-- pause/.test(text);
const looking = commands.filter((command) => !breaks(command));
const breaking = commands.filter(breaks);

const cleanUp = new CleanUp();
let flow: Flow;
let outcomes: Map<RunbookCommand, Promise<unknown>>;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  const coupon = await flow.createCoupon({ quantity: 100 });
  await flow.issue(coupon, 'somebody');
  outcomes = inPool(looking);
}, START_MS);

afterAll(() => cleanUp.run(), START_MS);

describe('a command of the runbook', () => {
  it.each(looking.map((command) => [command.section, command] as const))(
    'that looks at something works on a started stack: %s',
    async (_section, command) => {
      expect(await outcomes.get(command)).toBe('done');
    },
    START_MS,
  );

  it.each(breaking.map((command) => [command.section, command] as const))(
    'that breaks something and waits until it is mended works: %s',
    async (_section, command) => {
      expect(await outcomeOf(command)).toBe('done');
    },
    COMMAND_MS,
  );
});

/** So many of them at a time, in their order. */
function inPool(all: readonly RunbookCommand[]): Map<RunbookCommand, Promise<unknown>> {
  const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve<unknown>(undefined));
  return new Map(
    all.map((command, i) => {
      const lane = i % AT_ONCE;
      const outcome = (lanes[lane] ?? Promise.resolve()).then(() => outcomeOf(command));
      lanes[lane] = outcome;
      return [command, outcome];
    }),
  );
}

/** What is run once in a shell, but for the coupon where nobody asks for it: that takes a second. */
function preparing(text: string): string {
  const lines = before?.text.split('\n') ?? [];
  return lines.filter((line) => text.includes('$coupon') || !line.startsWith('coupon=')).join('\n');
}

/** `done`, or what it said. Every line has to succeed, as for whoever pastes them one by one. */
async function outcomeOf({ text }: RunbookCommand): Promise<unknown> {
  const script = `set -eo pipefail\n${preparing(text)}\n${text}`;
  const env = { ...process.env, COUPON_STATE_DIR: flow.stack.stateDir };
  return run('bash', ['-c', script], { env, timeout: COMMAND_MS }).then(
    () => 'done',
    (error: unknown) => error,
  );
}
