import { createHash } from 'node:crypto';
import { gateScripts } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import type { Link, Spoiler } from './link.ts';

/** The requests that run a script: the first of a client as its text, all others by its hash. */
export function callsOf(script: keyof typeof gateScripts): (bytes: Buffer) => boolean {
  const { lua } = gateScripts[script];
  const sha = createHash('sha1').update(lua).digest('hex');
  return (bytes) => bytes.includes(sha) || bytes.includes(lua);
}

/** Counts the error replies that begin with this word; all else about the link stays as it is. */
export function countErrors(link: Link, word: string): () => number {
  let count = 0;
  const error = Buffer.from(`-${word} `);
  link.spoil((bytes, direction) => {
    if (direction === 'replies') count += occurrences(bytes, error);
    return 'pass';
  });
  return () => count;
}

/** Counts the requests that came through since, unless a reply did. */
export function countUnanswered(link: Link): () => number {
  let requests = 0;
  let replies = 0;
  link.spoil((_bytes, direction) => {
    if (direction === 'requests') requests += 1;
    else replies += 1;
    return 'pass';
  });
  return () => (replies === 0 ? requests : 0);
}

/** Cuts the connection instead of the reply that lets a claim in: the gate has decided by then. */
export function cutAcceptances(isDue: () => boolean): Spoiler {
  const accepted = Buffer.from('\r\naccepted\r\n');
  return (bytes, direction) =>
    direction === 'replies' && bytes.includes(accepted) && isDue() ? 'cut' : 'pass';
}

function occurrences(bytes: Buffer, word: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length))
    count += 1;
  return count;
}
