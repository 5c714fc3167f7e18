import {
  ContactUnusable,
  DirectoryUnavailable,
  type Language,
  type UserContact,
  type UserDirectory,
} from '../../domain/notification.ts';
import { SettingUnavailable } from '../../domain/ports.ts';
import type { ChangingSecret } from '../changing-secret.ts';
import { type HttpAnswer, type HttpClient, NoAnswer } from '../http-client.ts';

/** It is asked before each e-mail. Milliseconds. */
const TIMEOUT_MS = 2_000;

/**
 * The shop's user service: `GET <url>/<userId>` with a bearer token, answered by
 * `{"email": "…", "language": "ko"}`; `404` for a user it does not know.
 */
export function userDirectory(url: string, token: ChangingSecret, http: HttpClient): UserDirectory {
  const ask = async (userId: string, signal: AbortSignal): Promise<UserContact | undefined> => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const askWith = (secret: string): Promise<HttpAnswer> =>
      http(
        {
          method: 'GET',
          url: `${url.replace(/\/$/, '')}/${encodeURIComponent(userId)}`,
          headers: { accept: 'application/json', authorization: `Bearer ${secret}` },
        },
        within,
      );
    const secret = await token.read();
    const first = await askWith(secret);
    const isRefused = first.status === 401 || first.status === 403;
    const answer =
      isRefused && (await token.hasChanged(secret)) ? await askWith(await token.read()) : first;
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return contactOf(answer.text);
    const reason = `the user service answered ${answer.status}`;
    throw isOfTheUser(answer) ? new ContactUnusable(reason) : new DirectoryUnavailable(reason);
  };
  return {
    async find(userId, signal) {
      if (NO_PATH.includes(userId)) return undefined;
      try {
        return await ask(userId, signal);
      } catch (error) {
        if (error instanceof NoAnswer || error instanceof SettingUnavailable) {
          throw new DirectoryUnavailable(`the user service: ${error.message}`);
        }
        throw error;
      }
    },
  };
}

/** What it refuses for the moment, or for who we are, it refuses for everybody. */
const OF_EVERYBODY: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);

function isOfTheUser({ status }: HttpAnswer): boolean {
  return status >= 400 && status < 500 && !OF_EVERYBODY.has(status);
}

/** However they are written, a URL goes up or stays by them: whoever is called so cannot be asked for. */
const NO_PATH: readonly string[] = ['.', '..'];

/** One address, and nothing by which it could become two. */
const ADDRESS = /^[^\s@,;:<>()[\]"\\\p{Cc}]{1,64}@[^\s@,;:<>()[\]"\\\p{Cc}]{1,253}$/u;

/**
 * @throws DirectoryUnavailable when it is no contact
 * @throws ContactUnusable when nothing can be sent to it
 */
function contactOf(text: string): UserContact | undefined {
  const { email, language } = parsed(text);
  if (email === undefined || email === null || email === '') return undefined;
  if (typeof email !== 'string' || !ADDRESS.test(email)) {
    throw new ContactUnusable('the user service gave no e-mail address');
  }
  return { email, language: languageOf(language) };
}

function parsed(text: string): { readonly email?: unknown; readonly language?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new DirectoryUnavailable('the user service answered no JSON object');
}

/** `ko-KR` is Korean; who reads neither language is likelier to read English. */
function languageOf(tag: unknown): Language {
  return typeof tag === 'string' && /^ko\b/i.test(tag) ? 'ko' : 'en';
}
