/** A naive bug: what stands in a file, and what would stand there. */
export interface Mutation {
  readonly name: string;
  readonly edits: readonly {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
  }[];
}

const DOMAIN = 'lambdas/domain';
const GATE = 'test/fakes/memory-stock-gate.ts';
const LEDGER = 'test/fakes/memory-ledger.ts';

/**
 * Bugs that people write. Where the decision is made in Lua or SQL, its fake is changed; the
 * contract suites hold the fakes to the servers.
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the duplicate key is answered without a publish',
    edits: [
      {
        file: `${DOMAIN}/issue-coupon.ts`,
        find: `    case 'accepted':
    case 'pending': {`,
        replace: `    case 'pending':
      return { kind: 'repeated', issuance: outcome.issuance };
    case 'accepted': {`,
      },
    ],
  },
  {
    name: 'the unit is refunded on a time-out',
    edits: [
      {
        file: `${DOMAIN}/issue-coupon.ts`,
        find: '      await log.publish(issuance.id, record, deadline);',
        replace: `      try {
        await log.publish(issuance.id, record, deadline);
      } catch (error) {
        await (gate as unknown as { refund(id: string): Promise<void> }).refund(issuance.id);
        throw error;
      }`,
      },
      {
        file: 'test/simulator/ports.ts',
        find: '    claim: (request) =>',
        replace: `    refund: (id: string) => ask('refunds a unit', () => gate.refund(id)),
    claim: (request) =>`,
      },
      {
        file: GATE,
        find: '  claim(request: ClaimRequest)',
        replace: `  refund(id: string): Promise<void> {
    const gate = this.#gate(couponIdOf(id));
    if (gate?.claims.delete(digestOf(id))) gate.given -= 1;
    gate?.pending.delete(digestOf(id));
    return Promise.resolve();
  }

  claim(request: ClaimRequest)`,
      },
    ],
  },
  {
    name: 'a missing gate is opened at once from the ledger, without the log',
    edits: [
      {
        file: `${DOMAIN}/restore-gate.ts`,
        find: '  if (epoch === 1) return',
        replace:
          "  if (status.kind === 'closed' && status.why === 'missing') return { epoch, fence: undefined };\n  if (epoch === 1) return",
      },
    ],
  },
  {
    name: 'a missing gate is initialised by the first claim',
    edits: [
      {
        file: GATE,
        find: '    const gate = this.#gate(request.couponId);\n    const why',
        replace: `    const forgotten = this.#gate(request.couponId);
    if (lastContents !== undefined && forgotten?.epoch === undefined && !forgotten?.building) {
      const { epoch } = lastContents;
      void this.beginBuilding(request.couponId, epoch);
      void this.open(request.couponId, { ...lastContents, given: 0 });
    }
    const gate = this.#gate(request.couponId);
    const why`,
      },
      {
        file: GATE,
        find: '    gate.forgetAt = contents.forgetAt;',
        replace: '    gate.forgetAt = contents.forgetAt;\n    lastContents = contents;',
      },
      {
        file: GATE,
        find: '/** A rebuild that was never finished',
        replace:
          'let lastContents: GateContents | undefined;\n/** A rebuild that was never finished',
      },
      {
        file: 'test/simulator/play.ts',
        find: '  const world = new World();',
        replace: '  const world = new World();\n  world.gate.isNew();',
      },
      {
        file: GATE,
        find: '  flush(): void {',
        replace: '  isNew(): void {\n    lastContents = undefined;\n  }\n\n  flush(): void {',
      },
    ],
  },
  {
    name: "the ledger is read before the log's end",
    edits: [
      {
        file: `${DOMAIN}/restore-gate.ts`,
        find: '  while (undrained(fence, await log.committedOffsets()).length > 0) {',
        replace: '  while (undrained(fence, await log.committedOffsets()).length > 99) {',
      },
    ],
  },
  {
    name: 'nobody waits for publishes under way before the fence is taken',
    edits: [
      {
        file: `${DOMAIN}/restore-gate.ts`,
        find: '  await clock.sleep(settings.settleMs);',
        replace: '',
      },
    ],
  },
  {
    name: 'the counter moves by the size of the batch',
    edits: [
      {
        file: LEDGER,
        find: "      } else if (refusal === 'duplicate') duplicates += 1;",
        replace: `      } else if (refusal === 'duplicate') {
        duplicates += 1;
        const coupon = this.look(planned.record.couponId);
        const issued = Math.min(coupon.quantity, coupon.issued + 1);
        this.#coupons.set(coupon.id, { ...coupon, issued });
      }`,
      },
    ],
  },
  {
    name: 'the window is checked by our clock, not the gate of Valkey',
    edits: [
      {
        file: `${DOMAIN}/gate.ts`,
        find: '  readonly userKey: string;',
        replace: '  readonly userKey: string;\n  readonly now?: number;',
      },
      {
        file: `${DOMAIN}/issue-coupon.ts`,
        find: '  const outcome = await gate.claim(request);',
        replace: '  const outcome = await gate.claim({ ...request, now: clock.now() });',
      },
      {
        file: GATE,
        find: 'refusalOf(gate.terms, contents.issueStartsAt, gate.given, now);',
        replace: 'refusalOf(gate.terms, contents.issueStartsAt, gate.given, request.now ?? now);',
      },
    ],
  },
  {
    name: 'the window is checked by our clock before the gate is asked',
    edits: [
      {
        file: `${DOMAIN}/issue-coupon.ts`,
        find: '  const request = toRequest(claim, identifiers);',
        replace: `  const request = toRequest(claim, identifiers);
  if (clock.now() >= Date.parse('2026-11-27T01:00:00Z')) {
    return { kind: 'refused', reason: 'issue_ended' };
  }`,
      },
    ],
  },
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
    name: 'a confirmation ignores the epoch',
    edits: [
      {
        file: GATE,
        find: 'if (pending?.get(digest)?.epoch === epoch) pending.delete(digest);',
        replace: 'if (epoch > 0) pending?.delete(digest);',
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
        find: 'await log.publish(issuance.id, record, deadline);',
        replace:
          'await log.publish(issuance.id, record, deadlineAfter(clock, Math.max(publishBudgetMs, deadline.wall * 0)));',
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
  {
    name: 'a gate is opened with older terms than it was told',
    edits: [{ file: GATE, find: ' || gate.version > contents.version) {', replace: ') {' }],
  },
  {
    name: 'a rebuilt gate counts its sequence from 1 again',
    edits: [
      {
        file: `${DOMAIN}/fill-gate.ts`,
        find: '    lastSequence,\n',
        replace: '    lastSequence: 0 * lastSequence,\n',
      },
    ],
  },
];
