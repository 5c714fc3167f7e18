import type { Bug, Mutation, NamedTest } from './mutation.ts';
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
 * Judges bugs in a tree, of which the test is known to pass without them: it must fail with each.
 *
 * @param variables of the tests' environment
 * @param signal ends what is under way
 */
export function judgeBugsIn(
  tree: ScratchTree,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): (bug: Bug, test: NamedTest) => Promise<Judgement> {
  const complaintAbout = typeChecker(tree.root);
  return async (bug, test) => {
    const complaint = complaintAbout(bug);
    if (complaint !== undefined) return notJudged(`the bug does not compile: ${complaint}`);
    const outcome = await tree.with(bug, () => runTest(tree.root, test, variables, signal));
    switch (outcome.kind) {
      case 'passed':
        return { verdict: 'SURVIVED', why: 'its test passes all the same' };
      case 'failed':
        return { verdict: 'caught', why: outcome.by };
      case 'not judged':
        return notJudged(outcome.why);
    }
  };
}

/** Judges bugs as {@link judgeBugsIn} does; the test of each must first pass without it. */
export function judgeIn(
  tree: ScratchTree,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): (mutation: Mutation) => Promise<Judgement> {
  const judgeBug = judgeBugsIn(tree, variables, signal);
  /** Many bugs have the same test. */
  const withoutBug = new Map<string, Promise<Outcome>>();

  return async (mutation) => {
    const { caughtBy } = mutation;
    const key = `${caughtBy.file}: ${caughtBy.title}`;
    const clean = withoutBug.get(key) ?? runTest(tree.root, caughtBy, variables, signal);
    withoutBug.set(key, clean);
    const before = await clean;
    if (before.kind !== 'passed') {
      return notJudged(`its test does not pass without the bug: ${wordsOf(before)}`);
    }
    return judgeBug(mutation, caughtBy);
  };
}

function wordsOf(outcome: Exclude<Outcome, { kind: 'passed' }>): string {
  return outcome.kind === 'failed' ? outcome.by : outcome.why;
}

function notJudged(why: string): Judgement {
  return { verdict: 'NOT JUDGED', why };
}
