import type { Text } from '../text.ts';

/** What a problem's page says besides its title. */
export interface ProblemHelp {
  readonly meaning: Text;
  readonly remedy: Text;
}
