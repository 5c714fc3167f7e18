/**
 * The `code` of a system error, such as ENOENT; undefined if it has none.
 * Without instanceof: under jest, Node's own errors are of another realm than the program's `Error`.
 */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** What an error says of itself; all its parts for a connection that failed at several addresses. */
export function errorMessage(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) {
    return error.errors.map(errorMessage).join('; ');
  }
  return 'message' in error ? String(error.message) : JSON.stringify(error);
}
