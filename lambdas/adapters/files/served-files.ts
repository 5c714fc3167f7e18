import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { readOnce } from '../read-once.ts';

export interface ServedFile {
  readonly content: Buffer;
  readonly gzipped: Buffer;
  /** Changes with the content; letters and digits. */
  readonly tag: string;
}

const compress = promisify(gzip);
const TAG_LENGTH = 16;

/** A file that doesn't change while the process lives: read when it is first asked for, and kept. */
export function servedFile(path: string): () => Promise<ServedFile> {
  return readOnce(() => serve(() => readFile(path)));
}

/** The same of text that is no file. */
export function servedText(text: string): () => Promise<ServedFile> {
  return readOnce(() => serve(() => Promise.resolve(Buffer.from(text))));
}

async function serve(read: () => Promise<Buffer>): Promise<ServedFile> {
  const content = await read();
  const tag = createHash('sha256').update(content).digest('hex').slice(0, TAG_LENGTH);
  return { content, gzipped: await compress(content), tag };
}
