import type { Mutation } from './mutation.ts';
import { runTest } from './run-test.ts';
import type { ScratchTree } from './scratch-tree.ts';
import { typeChecker } from './type-check.ts';
import type { Outcome } from './verdict.ts';

export interface Judgement {
  readonly verdict: 'caught' | 'SURVIVED' | 'NOT JUDGED';
  /** What the test said, or why there is no verdict. */
  readonly why: string;
}

/**
 * Judges bugs in a tree: the test of each must pass without it and fail with it.
 *
 * @param variables of the tests' environment
 * @param signal ends what is under way
 */
export function judgeIn(
  tree: ScratchTree,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): (mutation: Mutation) => Promise<Judgement> {
  const complaintAbout = typeChecker(tree.root);
  /** Many bugs have the same test. */
  const withoutBug = new Map<string, Promise<Outcome>>();

  return async (mutation) => {
    const { caughtBy } = mutation;
    const run = (): Promise<Outcome> => runTest(tree.root, caughtBy, variables, signal);
    const key = `${caughtBy.file}: ${caughtBy.title}`;
    const clean = withoutBug.get(key) ?? run();
    withoutBug.set(key, clean);
    const before = await clean;
    if (before.kind !== 'passed') {
      return notJudged(`its test does not pass without the bug: ${wordsOf(before)}`);
    }
    const complaint = complaintAbout(mutation);
    if (complaint !== undefined) return notJudged(`the bug does not compile: ${complaint}`);
    const after = await tree.with(mutation, run);
    switch (after.kind) {
      case 'passed':
        return { verdict: 'SURVIVED', why: 'its test passes all the same' };
      case 'failed':
        return { verdict: 'caught', why: after.by };
      case 'not judged':
        return notJudged(after.why);
    }
  };
}

function wordsOf(outcome: Exclude<Outcome, { kind: 'passed' }>): string {
  return outcome.kind === 'failed' ? outcome.by : outcome.why;
}

function notJudged(why: string): Judgement {
  return { verdict: 'NOT JUDGED', why };
}
