import { areas } from '../../mutants/mutations.ts';
import type { Bug } from '../../mutants/mutation.ts';

/** What keeps the fault of a row from doing harm, taken out: the row must fail without it. */
export interface Defence {
  /** The row's id. */
  readonly row: string;
  /** Its name says what the code does without the defence. */
  readonly bug: Bug;
}

/**
 * A bug of `npm run mutants`.
 *
 * @param name all of it
 * @throws Error if there is none of that name
 */
export function knownBug(name: string): Bug {
  const bug = areas.flatMap(({ mutations }) => mutations).find((each) => each.name === name);
  if (bug === undefined) throw new Error(`npm run mutants has no bug called "${name}"`);
  return bug;
}
