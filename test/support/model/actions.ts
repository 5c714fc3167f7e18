import fc from 'fast-check';

/** What somebody does to a coupon or to an issuance of it. */
export type Action =
  | { readonly kind: 'claim'; readonly user: string }
  | { readonly kind: 'redeem'; readonly user: string; readonly order: string; readonly by: By }
  | {
      readonly kind: 'hold' | 'release' | 'roll back';
      readonly user: string;
      readonly order: string;
    }
  | { readonly kind: 'revoke' | 'read'; readonly user: string }
  | { readonly kind: 'pause' | 'resume' | 'close' }
  | { readonly kind: 'change quantity'; readonly quantity: number };

/** How a redemption names its issuance. */
type By = 'id' | 'code';

/** One coupon's life: the actions of a step happen at the same time. */
export interface Scenario {
  readonly quantity: number;
  readonly steps: readonly (readonly Action[])[];
}

const user = fc.constantFrom('anna', 'ben', 'carl', 'dora');
const order = fc.constantFrom('order-1', 'order-2', 'order-3');
const quantity = fc.integer({ min: 1, max: 5 });

const kind = <const Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);

const claim = fc.record({ kind: kind('claim'), user });
const redeem = fc.record({
  kind: kind('redeem'),
  user,
  order,
  by: fc.constantFrom<By>('id', 'code'),
});

/** Operators do less than users, and close a coupon once in its life. */
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: claim },
  { weight: 6, arbitrary: redeem },
  { weight: 4, arbitrary: fc.record({ kind: kind('hold'), user, order }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('release'), user, order }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('roll back'), user, order }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('revoke'), user }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('read'), user }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('pause') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('resume') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('change quantity'), quantity }) },
);

const steps = fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), {
  minLength: 3,
  maxLength: 7,
  size: 'max',
});

export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    quantity,
    // Everybody comes at the beginning, or there is little to use later.
    first: fc.array(claim, { minLength: 2, maxLength: 4 }),
    steps,
    isClosed: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
    last: fc.array(action, { minLength: 1, maxLength: 4 }),
  })
  .map(({ quantity: given, first, steps: between, isClosed, last }) => ({
    quantity: given,
    steps: [first, ...between, ...(isClosed ? [[{ kind: 'close' } as const, ...last]] : [last])],
  }));
