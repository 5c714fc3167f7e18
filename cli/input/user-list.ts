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

/** Reads one user id a line; empty lines and those that begin with `#` are no users. */
export function readUserList(text: string): UserList {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const users = [...new Set(lines)];
  return { users, repeated: lines.length - users.length };
}

/**
 * The users in as few parts as fit into a grant each.
 * @param bodyOf the text that is sent for a part
 * @throws UsageError when one user alone does not fit
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
    if (emptyBytes + needed > maxBytes) {
      throw new UsageError(`a line of ${user.length} characters is no user id`);
    }
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
