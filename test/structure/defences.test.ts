import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { defences } from '../faults/defences/defences.ts';
import { allRows } from '../faults/matrix.ts';
import { mutatedFiles } from '../mutants/mutation.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

describe('the list of bugs for npm run defences', () => {
  it.each(defences)('has a place for that of row $row: $bug.name', ({ bug }) => {
    const files = mutatedFiles(bug, read);
    expect([...files].filter(([file, text]) => read(file) === text)).toEqual([]);
  });

  it('has one for every row of the matrix', () => {
    const rows = defences.map(({ row }) => row);
    expect(rows.toSorted()).toEqual(allRows.map(({ id }) => id).toSorted());
  });
});
