import { UsageError } from '../failures.ts';

/** What one grant takes: users, and bytes of its body. */
export const MAX_USERS = 10_000;
export const MAX_BODY_BYTES = 512 * 1024;

export interface UserList {
  /** Each once, in the order of the file. */
  readonly users: readonly string[];
  /** Lines that name a user again. Granted twice, a user could get two. */
  readonly repeated: number;
}

/** The API takes no longer ones, and would refuse the whole list for one. */
const MAX_USER_ID_LENGTH = 255;

/**
 * Reads one user id a line; empty lines and those that begin with `#` are no users.
 * @throws UsageError that names the line that is none
 */
export function readUserList(text: string): UserList {
  const lines: string[] = [];
  for (const [i, whole] of text.split(/\r\n|\n|\r/).entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.length > MAX_USER_ID_LENGTH || line.includes('\0')) {
      throw new UsageError(`line ${i + 1} is no user id: it is longer than any, or binary`);
    }
    lines.push(line);
  }
  const users = [...new Set(lines)];
  return { users, repeated: lines.length - users.length };
}

/**
 * The users in as few parts as fit into a grant each.
 * @param bodyOf the text that is sent for a part
 */
export function splitUsers(
  users: readonly string[],
  bodyOf: (part: readonly string[]) => string,
  { maxUsers = MAX_USERS, maxBytes = MAX_BODY_BYTES } = {},
): string[][] {
  const emptyBytes = Buffer.byteLength(bodyOf([]));
  const parts: string[][] = [];
  let bytes = Infinity;
  for (const user of users) {
    // In the body each stands as a JSON string with a comma.
    const needed = Buffer.byteLength(JSON.stringify(user)) + 1;
    const current = parts.at(-1);
    if (current === undefined || current.length >= maxUsers || bytes + needed > maxBytes) {
      parts.push([user]);
      bytes = emptyBytes + needed;
    } else {
      current.push(user);
      bytes += needed;
    }
  }
  return parts;
}
