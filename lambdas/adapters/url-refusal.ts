import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Whom a client may call. */
export type Reach =
  /** By https, at addresses of the internet. */
  | 'public'
  /** By https, also a service of the own network. */
  | 'https'
  /** Also by http: AWS where the runtime says it is, and stand-ins on this machine. */
  | 'any';

/**
 * Why a URL may not be called; undefined if it may. Where its name leads is seen when it is called.
 * It quotes nothing of the URL.
 */
export function urlRefusal(text: string, reach: Reach): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'the address is no URL';
  if (reach === 'any' && url.protocol === 'http:') return undefined;
  if (url.protocol !== 'https:') return 'the address is not https';
  if (url.username !== '' || url.password !== '') return 'the address has a password';
  // Names are looked at when they have been looked up; an address is looked up by nobody.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (reach === 'public' && isIP(host) !== 0 && !isPublicAddress(host)) {
    return 'the address is private';
  }
  return undefined;
}
