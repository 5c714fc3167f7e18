import type { Mutation } from './mutation.ts';

const DOMAIN = 'lambdas/domain';
const GATE = 'test/fakes/memory-stock-gate.ts';

/**
 * Bugs that people write. Where the decision is made in Lua or SQL, its fake is changed; the
 * contract suites hold the fakes to the servers.
 */
export const MUTATIONS_OF_GATES: readonly Mutation[] = [
  {
    name: 'the fence compares the run_id alone',
    edits: [
      {
        file: GATE,
        find: 'server?.runId === this.#server.runId && server.replId === this.#server.replId',
        replace: 'server?.runId === this.#server.runId',
      },
    ],
  },
  {
    name: 'the fence compares nothing',
    edits: [
      {
        file: GATE,
        find: 'server?.runId === this.#server.runId && server.replId === this.#server.replId',
        replace: 'server !== undefined',
      },
    ],
  },
  {
    name: 'a late record is inserted',
    edits: [
      {
        file: `${DOMAIN}/record-plan.ts`,
        find: 'else if (isLate(entry, record.epoch, couponFences)) late.push(planned);',
        replace: 'else if (isLate(entry, 1e9, couponFences)) late.push(planned);',
      },
    ],
  },
  {
    name: 'late is only what is past the last fence of its own epoch',
    edits: [
      {
        file: `${DOMAIN}/fences.ts`,
        find: 'if (fence.epoch <= epoch ||',
        replace: 'if (fence.epoch !== epoch + 1 ||',
      },
    ],
  },
  {
    name: 'the state is checked before the existing claim',
    edits: [
      {
        file: GATE,
        find: '    const claim = gate.claims.get(digest);\n    if (claim !== undefined) {',
        replace: `    const first = refusalOf(gate.terms, contents.issueStartsAt, gate.given, now);
    if (first !== undefined) return refused(first);
    const claim = gate.claims.get(digest);
    if (claim !== undefined) {`,
      },
    ],
  },
  {
    name: "a zombie rebuilder's load is accepted",
    edits: [
      {
        file: GATE,
        find: 'return gate?.building === epoch && this.#isHere(gate) ? gate : undefined;',
        replace:
          'return gate?.building !== undefined && epoch && this.#isHere(gate) ? gate : undefined;',
      },
    ],
  },
  {
    name: 'a zombie rebuilder goes on without its epoch being asked for',
    edits: [
      {
        file: `${DOMAIN}/restore-gate.ts`,
        find: "    if (locked.coupon.epoch !== begun.epoch) return 'superseded';\n",
        replace: '',
      },
    ],
  },
  {
    name: 'a late acknowledgement is a 202: the budget begins after the gate',
    edits: [
      {
        file: `${DOMAIN}/issue-coupon.ts`,
        find: 'await log.publish(issuance.id, record, deadline, claim.origin);',
        replace:
          'await log.publish(issuance.id, record, deadlineAfter(clock, Math.max(publishBudgetMs, deadline.wall * 0)), claim.origin);',
      },
    ],
  },
  {
    name: 'a late acknowledgement is a 202: it is not looked at when it comes',
    edits: [
      {
        file: 'test/simulator/ports.ts',
        find: "      if (isPast(process, deadline)) throw new PublishOutcomeUnknown('acknowledged too late');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'the budget is kept by the monotonic clock alone',
    edits: [
      {
        file: `${DOMAIN}/deadline.ts`,
        find: 'Math.min(deadline.monotonic - clock.monotonic(), deadline.wall - clock.now())',
        replace: 'deadline.monotonic - clock.monotonic()',
      },
    ],
  },
  {
    name: 'the budget is kept by the wall clock alone',
    edits: [
      {
        file: `${DOMAIN}/deadline.ts`,
        find: 'Math.min(deadline.monotonic - clock.monotonic(), deadline.wall - clock.now())',
        replace: 'deadline.wall - clock.now()',
      },
    ],
  },
  {
    name: 'a quarantined record is inserted later',
    edits: [
      {
        file: `${DOMAIN}/record-plan.ts`,
        find: '    if (quarantinedBefore.has(placeOf(entry))) continue;\n',
        replace: "    if (quarantinedBefore.has('')) continue;\n",
      },
    ],
  },
  {
    name: 'duplicate keys expire early: at the end of the window',
    edits: [
      {
        file: 'lambdas/config/limits.ts',
        find: 'const FORGET_GATE_AFTER_MS = TOPIC_RETENTION_MS + CLOCK_SKEW_MS;',
        replace: 'const FORGET_GATE_AFTER_MS = 0 * (TOPIC_RETENTION_MS + CLOCK_SKEW_MS);',
      },
    ],
  },
  {
    name: 'duplicate keys expire early, and the gate does not count them',
    edits: [
      {
        file: GATE,
        find: "return gate.claims.size === gate.given ? undefined : 'drift';",
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'the sweep waits for the clock that was set back',
    edits: [{ file: GATE, find: ' || acceptedAt > now)', replace: ')' }],
  },
  {
    name: 'a smaller quantity comes to the gate last',
    edits: [
      {
        file: `${DOMAIN}/change-coupon.ts`,
        find: 'if (limit !== undefined && hadGate) {',
        replace: 'if (limit !== undefined && hadGate && limit.quantity < 0) {',
      },
    ],
  },
];
