import type { Mutation } from '../mutation.ts';

const CHANGE = 'lambdas/domain/change-coupon.ts';
const APPLY = 'lambdas/adapters/valkey/apply-script.ts';
const CHANGES = 'test/domain/change-coupon.test.ts';
const TERMS = 'test/contract/gate-terms.test.ts';

export const changeMutations: readonly Mutation[] = [
  {
    name: 'A quantity goes down in PostgreSQL first',
    loss: 'The gate goes on giving meanwhile: more 202s than the coupon has units.',
    file: CHANGE,
    find: `if (limit !== undefined && hadGate) {`,
    replace: `if (limit !== undefined && hadGate && limit.quantity < 0) {`,
    caughtBy: {
      file: CHANGES,
      title: 'goes down to what is given at the gate, recorded or not, and no further',
    },
  },
  {
    name: 'A quantity goes down though no gate can tell what is given',
    loss: 'Claims that are accepted and not yet rows no longer fit: promised units go to quarantine.',
    file: CHANGE,
    find: `  // Only an open gate of this coupon can tell how much it has given.
  return { kind: 'gate_closed' };`,
    replace: `  return undefined;`,
    caughtBy: {
      file: CHANGES,
      title: 'does not go down while no gate can tell what is given, but it goes up',
    },
  },
  {
    name: 'A pause is written to PostgreSQL and not told to the gate',
    loss: 'The operator sees "paused", and the coupon is given on.',
    file: CHANGE,
    find: `Promise.all([tellGate(reading, dependencies), replaced]);`,
    replace: `Promise.all([Promise.resolve(true), replaced]);`,
    caughtBy: { file: CHANGES, title: 'pauses and resumes' },
  },
  {
    name: 'The gate takes a quantity below what it has given',
    loss: 'PostgreSQL has less room than there are promises.',
    file: APPLY,
    find: `if quantity < tonumber(gate[5]) then return {'below_given', gate[5]} end\n`,
    replace: '',
    caughtBy: { file: TERMS, title: 'give no less than what is given' },
  },
  {
    name: 'The gate takes earlier terms for newer ones',
    loss: 'A write that arrives late brings back what was paused, or a quantity that is gone.',
    file: APPLY,
    find: `if there > version then return {'stale', gate[7]} end`,
    replace: '',
    caughtBy: {
      file: TERMS,
      title: 'are never replaced by earlier ones, and asking again changes nothing',
    },
  },
  {
    name: 'The gate takes terms of an epoch that is over',
    loss: 'A change decided on what PostgreSQL lost to a standby gives units that are not there.',
    file: APPLY,
    find: `if tonumber(gate[1]) > tonumber(ARGV[1]) then return {'superseded'} end`,
    replace: '',
    caughtBy: {
      file: TERMS,
      title: 'are refused by a gate of a later epoch, and taken by one of an earlier',
    },
  },
  {
    name: 'The limit of a change that failed gives something back',
    loss: 'Arriving late, it opens stock that a later change has taken away.',
    file: APPLY,
    find: `math.min(quantity, tonumber(ARGV[7])), math.min(ends_at, new_end)`,
    replace: `tonumber(ARGV[7]), new_end`,
    caughtBy: { file: TERMS, title: 'only get less by a limit, also by one that arrives late' },
  },
  {
    name: 'The gate’s window is moved into the past',
    loss: 'Claims that were let in meanwhile are outside the window that PostgreSQL says there was.',
    file: APPLY,
    find: `if new_end < ends_at and new_end <= now_ms() then return {'end_past'} end`,
    replace: '',
    caughtBy: { file: TERMS, title: 'end no earlier than now: a claim may have been let in since' },
  },
  {
    name: 'A gate being built forgets what it was told meanwhile',
    loss: 'A rebuild that read the coupon before a pause opens it unpaused.',
    file: 'lambdas/adapters/valkey/gate-scripts.ts',
    find: `if tonumber(redis.call('HGET', GATE, 'version') or 0) > tonumber(ARGV[4]) then return 0 end`,
    replace: '',
    caughtBy: {
      file: TERMS,
      title: 'keep a gate that is being built from being opened with earlier ones',
    },
  },
  {
    name: 'A changed gate is forgotten with its window',
    loss: 'After any change of a coupon its claims are gone at the end, while their records may still come.',
    file: 'lambdas/domain/align-gate.ts',
    find: `const forgetAt = issueEndsAt + forgetAfterMs;`,
    replace: `const forgetAt = issueEndsAt;`,
    caughtBy: {
      file: CHANGES,
      title: 'is remembered at the gate until no record can come any more',
    },
  },
  {
    name: 'A closed coupon can be resumed',
    loss: 'What was announced as final is given again.',
    file: 'lambdas/domain/coupon-changes.ts',
    find: `    if (coupon.control === control) return { kind: 'terms', terms, action };
    if (coupon.control === 'closed') return refused({ kind: 'closed' });`,
    replace: `    if (coupon.control === control) return { kind: 'terms', terms, action };`,
    caughtBy: { file: CHANGES, title: 'closes for ever; only the words can be changed then' },
  },
];
