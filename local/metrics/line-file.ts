import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';

/** Beyond it the file becomes `<file>.1`, in place of the one before. */
const MAX_BYTES = 50_000_000;

/** Appends lines to a file of bounded size. */
export function lineFile(file: string): { append(line: string): void; close(): Promise<void> } {
  let stream: WriteStream | undefined;
  let bytes = sizeOf(file);

  const open = (): WriteStream => {
    const opened = createWriteStream(file, { flags: 'a' });
    // A full disk must not end the stack.
    opened.on('error', () => undefined);
    return opened;
  };

  return {
    append(line) {
      if (bytes > MAX_BYTES) {
        stream?.end();
        stream = undefined;
        renameSync(file, `${file}.1`);
        bytes = 0;
      }
      stream ??= open();
      stream.write(`${line}\n`);
      bytes += line.length + 1;
    },
    close: () =>
      new Promise((resolve) => {
        if (stream === undefined) resolve();
        else stream.end(resolve);
      }),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
