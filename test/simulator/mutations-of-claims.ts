import type { Mutation } from './mutation.ts';

const DOMAIN = 'lambdas/domain';
const GATE = 'test/fakes/memory-stock-gate.ts';
const LEDGER = 'test/fakes/memory-ledger.ts';

/**
 * Bugs that people write. Where the decision is made in Lua or SQL, its fake is changed; the
 * contract suites hold the fakes to the servers.
 */
export const MUTATIONS_OF_CLAIMS: readonly Mutation[] = [
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
        find: '      await log.publish(issuance.id, record, deadline, claim.origin);',
        replace: `      try {
        await log.publish(issuance.id, record, deadline, claim.origin);
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
];
