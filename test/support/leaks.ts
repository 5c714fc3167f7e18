import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_FIELDS, LOG_MESSAGES } from '../../lambdas/domain/log-lines.ts';
import { readJson, statePaths } from '../../local/state.ts';
import { functionsLog } from './functions-log.ts';
import { usersWithTokens } from './tokens.ts';

/** What has no place in any log, however it got there. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  'a token': /eyJ[\w-]{8,}\.[\w-]*/g,
  'an authorization': /\b(Bearer|Basic) +[\w.~+/=-]{4,}/gi,
  // 26 of Crockford's base 32.
  'a code': /(?<![\w-])[0-9A-HJKMNP-TV-Z]{26}(?![\w-])/g,
  'an address': /[\w.+-]+@[\w-]+(\.[\w-]+)+/g,
  'a URL with a password': /\w+:\/\/[^\s/:@"]*:[^\s/@"]+@/g,
};

/** Words of a text as ids may be written; what separates them is in no user id of the tests. */
const WORD = /[\w@.+:-]+/g;

/** Of the lines themselves: a user of the tests may be called `late`, and nothing is told by that. */
const OUR_WORDS = new Set([
  ...Object.keys(LOG_FIELDS),
  ...LOG_MESSAGES.flatMap((message) => message.split(' ')),
]);

/** What `log` has that it must not have, each once, with where it stands. */
export function leaksIn(log: string, secrets: ReadonlyMap<string, string>): string[] {
  const leaks = new Map<string, string>();
  const found = (what: string, text: string, at: number): void => {
    const line = log.slice(log.lastIndexOf('\n', at) + 1, log.indexOf('\n', at));
    leaks.set(`${what} (${text.slice(0, 40)})`, line.slice(0, 400));
  };
  for (const [what, pattern] of Object.entries(PATTERNS)) {
    for (const match of log.matchAll(pattern)) found(what, match[0], match.index);
  }
  for (const match of log.matchAll(WORD)) {
    const secret = secrets.get(match[0]);
    if (secret !== undefined) found(secret, match[0], match.index);
  }
  return [...leaks].map(([what, line]) => `${what}: ${line}`);
}

/** What this stack's functions and its database logged of secrets, and of whoever came with a token. */
export async function leaksOf(stateDir: string): Promise<string[]> {
  const secrets = new Map<string, string>();
  for (const user of usersWithTokens) if (!OUR_WORDS.has(user)) secrets.set(user, 'a user id');
  const { secrets: file, postgresPassword, logs } = statePaths(stateDir);
  const own = ((await readJson(file)) ?? {}) as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(own)) secrets.set(value, name);
  const password = await readFile(postgresPassword, 'utf8').catch(() => '');
  if (password !== '') secrets.set(password.trim(), 'the password of the database');
  // Of servers that the tests share the log is not the stack's.
  const database = await readFile(join(logs, 'postgres.log'), 'utf8').catch(() => '');
  return leaksIn(`${await functionsLog(stateDir)}\n${database}`, secrets);
}
