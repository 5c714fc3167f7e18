/** Milliseconds since 1970 as the API writes times: RFC 3339 in UTC. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
