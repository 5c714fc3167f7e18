import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mutantsDocument } from '../mutants/document.ts';
import { mutatedFiles, patternOf, type Mutation } from '../mutants/mutation.ts';
import { areas } from '../mutants/mutations.ts';
import { outcomeOf, type JestReport } from '../mutants/verdict.ts';

const mutations = areas.flatMap((area) => area.mutations);

const read = (file: string): string => readFileSync(file, 'utf8');

describe('the list of bugs for npm run mutants', () => {
  it.each(mutations)('has a place for: $name', (mutation) => {
    const files = mutatedFiles(mutation, read);
    expect([...files].filter(([file, text]) => read(file) === text)).toEqual([]);
  });

  it.each(mutations)('has a test for: $name', ({ caughtBy: { file, title } }) => {
    const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``];
    const found = quoted.flatMap((text) => read(file).split(text).slice(1));
    expect(found).toHaveLength(1);
  });

  it('has no bug twice', () => {
    const names = mutations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is what docs/mutants.md says; npm run mutants -- --write writes it', () => {
    expect(read('docs/mutants.md')).toBe(mutantsDocument(areas));
  });
});

const MUTATION: Mutation = {
  name: 'A bug',
  loss: 'All.',
  file: 'a.ts',
  find: '+ 1',
  replace: '+ $&2',
  caughtBy: { file: 'a.test.ts', title: 'adds (%s) one' },
};

describe('a bug', () => {
  it('is put in as it is written, at all its places', () => {
    const also = [
      { file: 'a.ts', find: 'x', replace: 'y' },
      { file: 'b.ts', find: 'x', replace: 'z' },
    ];
    expect(mutatedFiles({ ...MUTATION, also }, () => 'x + 1')).toEqual(
      new Map([
        ['a.ts', 'y + $&2'],
        ['b.ts', 'z + 1'],
      ]),
    );
  });

  it.each(['x', '+ 1 + 1'])('whose place is not there, or not one, is an error: %s', (text) => {
    expect(() => mutatedFiles(MUTATION, () => text)).toThrow('"A bug": its place occurs');
  });

  it('names its test, whatever is filled in, and no other that begins alike', () => {
    const pattern = new RegExp(patternOf(MUTATION.caughtBy));
    expect(pattern.test('sums adds (many) one')).toBe(true);
    expect(pattern.test('sums adds (many) one more')).toBe(false);
  });
});

describe('what a run of a test says', () => {
  const report = (...failures: (readonly string[])[]): JestReport => ({
    testResults: [
      {
        message: '',
        assertionResults: failures.map((failureMessages) => ({
          fullName: 'a test',
          status: failureMessages.length > 0 ? 'failed' : 'passed',
          failureMessages,
        })),
      },
    ],
  });

  it('is that all is well when all has passed', () => {
    expect(outcomeOf(report([], []))).toEqual({ kind: 'passed' });
  });

  it.each([
    'Error: \u001b[2mexpect(\u001b[22mreceived\u001b[2m).\u001b[22mtoBe()\n    at a.ts:1',
    'Error: an open gate: not within 5000 ms\n    at until.ts:28',
    'Error: not at rest after 30000 ms: the group is behind on partitions 3',
    'Error: Property failed after 1 tests\n\nCaused by: Error: expect(received).toBe(expected)',
    'Error: expect(received).not.toContain(expected)\nReceived string: "{\\"fault\\":\\"TypeError\\"}"',
  ])('is a failure when something is not as it says: %j', (message) => {
    expect(outcomeOf(report([], [message])).kind).toBe('failed');
  });

  it.each([
    'ReferenceError: limt is not defined',
    'ReplyError: ERR Error compiling script (new function): user_script:1',
    'error: column "ordinl" does not exist',
    'Error: expect(received).toBe(expected)\nReceived: [TypeError: x is not a function]',
    'Error: expect(received).rejects.toThrow(expected)\nReceived constructor: TypeError',
    'thrown: "Exceeded timeout of 60000 ms for a test."',
    'Error: not accepted',
  ])('is nothing when the code does not run: %j', (message) => {
    expect(outcomeOf(report([message])).kind).toBe('not judged');
  });

  it('is nothing when no test was run', () => {
    const none = { kind: 'not judged', why: 'no test of that name' };
    expect(outcomeOf(report())).toEqual(none);
    const skipped = { fullName: 'another', status: 'pending', failureMessages: [] };
    const [only] = report().testResults;
    expect(
      outcomeOf({ testResults: only ? [{ ...only, assertionResults: [skipped] }] : [] }),
    ).toEqual(none);
  });

  it('is nothing when the file could not be loaded', () => {
    const message = 'Test suite failed to run\n\nSyntaxError: Unexpected token';
    expect(outcomeOf({ testResults: [{ message, assertionResults: [] }] })).toEqual({
      kind: 'not judged',
      why: 'Test suite failed to run\nSyntaxError: Unexpected token',
    });
  });
});
