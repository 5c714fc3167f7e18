import type { HttpRequest } from './http-request.ts';

/** Whether the caller has what this tag names already (RFC 9110, 13.1.2: the weak comparison). */
export function isKnown(request: HttpRequest, etag: string): boolean {
  const known = request.headers('if-none-match').flatMap((value) => value.trim().split(/\s*,\s*/));
  return known.includes('*') || known.map(strong).includes(strong(etag));
}

function strong(etag: string): string {
  return etag.replace(/^W\//, '');
}
