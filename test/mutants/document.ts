import { markdownTable } from '../../bench/markdown-table.ts';
import type { Mutation } from './mutation.ts';

export interface Area {
  readonly title: string;
  readonly mutations: readonly Mutation[];
}

const HEAD = `# Bugs that were put back

The protocol's rules are there because something breaks without them. \`npm run mutants\` takes them out one at a time, in a copy of the checkout, and runs the test that must fail by it: first without the bug, then with it. It ends with exit code 1 if one survives. A file that does not load, a test that is not there, code that does not run are no catch: only an expectation that is not met is one, and each bug has to compile.

\`npm run mutants -- refund\` runs those with that word in their name, \`-- --from 20\` goes on from the twentieth. This page is written by \`npm run mutants -- --write\` once all of them are caught; \`npm test\` holds it to the list, and every bug to a place in the code that is still there.
`;

/** `docs/mutants.md`. */
export function mutantsDocument(areas: readonly Area[]): string {
  let number = 0;
  const sections = areas.map(({ title, mutations }) => {
    const rows = mutations.map(({ name, loss, file, caughtBy }) => {
      number += 1;
      const test = `\`${caughtBy.file}\`: ${caughtBy.title}`;
      return [String(number), `${name} (\`${file}\`)`, loss, test];
    });
    return `## ${title}\n\n${markdownTable(['', 'the bug', 'what it would break', 'caught by'], rows)}`;
  });
  return [HEAD, ...sections].join('\n');
}
