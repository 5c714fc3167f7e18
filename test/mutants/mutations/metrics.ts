import type { Mutation } from '../mutation.ts';

const CHECK = 'lambdas/domain/ledger-check.ts';
const CHECK_TEST = 'test/metrics/ledger-check.test.ts';
const MADE_UP = 'makes no drift up, whatever goes on while it reads';

export const metricMutations: readonly Mutation[] = [
  {
    name: 'The ledger check counts the rows before it asks the gate',
    loss: 'Whoever is issued meanwhile is told to be lost: an alarm in every spike, and soon nobody looks.',
    file: CHECK,
    find: `gate.given - gate.pending - unrecorded - after.rows`,
    replace: `gate.given - gate.pending - unrecorded - before.rows`,
    caughtBy: { file: CHECK_TEST, title: MADE_UP },
  },
  {
    name: 'The ledger check forgets what is pending',
    loss: 'Each claim on its way is told to be lost.',
    file: CHECK,
    find: `gate.given - gate.pending - unrecorded - after.rows`,
    replace: `gate.given - unrecorded - after.rows`,
    caughtBy: { file: CHECK_TEST, title: MADE_UP },
  },
  {
    name: 'Deleted rows are not counted',
    loss: 'A coupon that somebody deletes by hand is missed by its user, and by nobody else.',
    file: 'db/migrations/0009_deletions_are_counted.sql',
    find: `CREATE TRIGGER deletions_are_counted AFTER DELETE ON issuances
  REFERENCING OLD TABLE AS before_change
  FOR EACH STATEMENT EXECUTE FUNCTION count_deletions();`,
    replace: ``,
    caughtBy: {
      file: 'test/flow/ledger-check.test.ts',
      title: 'finds a row that somebody deleted',
    },
  },
  {
    name: 'Who is turned away at the door is not counted',
    loss: 'An issuer that signs with unknown keys shuts everybody out, and the dashboard shows a quiet day.',
    file: 'lambdas/http/measure-answer.ts',
    find: `const route = known ?? resolved();`,
    replace: `const route = known;
    void resolved;`,
    caughtBy: {
      file: 'test/metrics/measured-answers.test.ts',
      title:
        'as unauthenticated, insufficient_scope or malformed_json, though no endpoint was asked',
    },
  },
  {
    name: 'Values beyond a hundred are dropped',
    loss: 'CloudWatch shows the latencies of the first hundred claims of each second: in a spike, the quick ones.',
    file: 'lambdas/adapters/emf/emf-meter.ts',
    find: `for (let from = 0; from < most; from += MAX_VALUES) {`,
    replace: `for (let from = 0; from < Math.min(most, 1); from += MAX_VALUES) {`,
    caughtBy: {
      file: 'test/metrics/emf-meter.test.ts',
      title: 'writes no more than a hundred values of a metric into a line, and loses none',
    },
  },
];
