import { createWriteStream } from 'node:fs';

/** Appends lines with their time to a file; the file is opened when there is a first line. */
export function lineLog(file: string): (line: string) => void {
  let stream: NodeJS.WritableStream | undefined;
  return (line) => {
    if (stream === undefined) {
      stream = createWriteStream(file, { flags: 'a' });
      // A full disk must not end the stack.
      stream.on('error', () => undefined);
    }
    stream.write(`${new Date().toISOString()} ${line}\n`);
  };
}
