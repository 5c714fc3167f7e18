/** A naive bug, as it would be written. */
export interface Bug extends Edit {
  /** A sentence that says what the code does then. */
  readonly name: string;
  /** More edits, where a bug needs them, or has to get past a second defence. */
  readonly also?: readonly Edit[];
}

/** A naive bug, and the test that must fail by it. */
export interface Mutation extends Bug {
  /** What somebody would lose by it. */
  readonly loss: string;
  readonly caughtBy: NamedTest;
}

export interface Edit {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface NamedTest {
  readonly file: string;
  /** The test's title as it stands in the file, where it occurs once; `%s` and the like included. */
  readonly title: string;
}

function editsOf({ file, find, replace, also = [] }: Bug): readonly Edit[] {
  return [{ file, find, replace }, ...also];
}

/**
 * The files with the bug in them, by path.
 *
 * @param read the text of a file as it is
 * @throws Error that names the bug and the file in which its place does not occur exactly once
 */
export function mutatedFiles(
  bug: Bug,
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of editsOf(bug)) {
    const text = texts.get(file) ?? read(file);
    const count = text.split(find).length - 1;
    if (count !== 1) {
      throw new Error(`"${bug.name}": its place occurs ${count} times in ${file}`);
    }
    texts.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return texts;
}

/** What jest's `-t` takes for all tests of this title, whatever `each` has put into it. */
export function patternOf({ title }: NamedTest): string {
  const parts = title
    .split(/%[sdij]|\$[\w.]+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `${parts.join('.*')}$`;
}

/** Whether the test needs the servers that the script starts once for all. */
export function needsServers({ file }: NamedTest): boolean {
  return !/^test\/(cli|domain|http|infra|structure)\//.test(file);
}
