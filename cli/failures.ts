import type { Problem } from './api/problem.ts';

/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The API said no: exit code 1. Asking the same again changes nothing. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** There was no definite answer in time: exit code 3. Asking again is safe. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** What the API said last, where it said anything. */
  readonly problem: Problem | undefined;
  readonly advice: string | undefined;

  constructor(what: string, problem?: Problem, advice?: string) {
    super(what);
    this.problem = problem;
    this.advice = advice;
  }

  /** The same with what to do now. */
  advising(advice: string): NoAnswer {
    return new NoAnswer(this.message, this.problem, advice);
  }
}

/** What the operator was asked for and did not confirm; nothing was done. */
export class NotConfirmed extends Error {
  override readonly name = 'NotConfirmed';
}
