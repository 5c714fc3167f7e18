import { stripVTControlCharacters } from 'node:util';

/** The part of jest's `--json` that is read here. */
export interface JestReport {
  readonly testResults: readonly {
    /** Why the file could not be run, or all failures of its tests. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export type Outcome =
  | { readonly kind: 'passed' }
  /** At least one test failed because something was not as it says. */
  | { readonly kind: 'failed'; readonly by: string }
  /** It ended otherwise, which says nothing of what the tests hold. */
  | { readonly kind: 'not judged'; readonly why: string };

/**
 * Tells a failed expectation from a run that says nothing: a file that could not be loaded, no
 * test of that name, code that does not run at all.
 */
export function outcomeOf({ testResults }: JestReport): Outcome {
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed');
  if (ran.length === 0) {
    const why = testResults.map(({ message }) => firstLines(message)).find((text) => text !== '');
    return notJudged(why ?? 'no test of that name');
  }
  const messages = ran.flatMap(({ failureMessages }) => failureMessages.map(plain));
  const crash = messages.find((message) => CRASH.test(message));
  if (crash !== undefined) return notJudged(firstLines(crash));
  const expectation = messages.find((message) => EXPECTATION.test(message));
  if (expectation !== undefined) return { kind: 'failed', by: firstLines(expectation) };
  const [other] = messages;
  return other === undefined ? { kind: 'passed' } : notJudged(firstLines(other));
}

/** Of an `expect`, of `until`, or of the wait for rest: what a test waits for has to come. */
const EXPECTATION = /\bexpect\(|: not within \d+ ms|not at rest after \d+ ms/;

/**
 * Of JavaScript, of Lua in Valkey and of SQL: the mutation is no code. As the failure itself, or
 * as what an expectation got; an error that is only quoted in a text is part of the test.
 */
const CRASH =
  /(^|\[|constructor: )(Syntax|Reference|Type)Error\b|Cannot find (module|package)|ERR_MODULE|Error compiling script|user_script:|syntax error at or near|(column|relation|function) .* does not exist/m;

function plain(message: string): string {
  return stripVTControlCharacters(message);
}

function firstLines(message: string): string {
  const lines = plain(message).split('\n');
  const text = lines.filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return text.slice(0, 12).join('\n');
}

function notJudged(why: string): Outcome {
  return { kind: 'not judged', why };
}
