import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { couponDefinition } from '../../lambdas/api/coupon.ts';
import { orderBody } from '../../lambdas/api/order.ts';
import type { JsonSchema } from '../support/json-schema-arbitrary.ts';
import { valueOf } from '../support/json-schema-arbitrary.ts';
import { SEED } from '../support/order-arbitraries.ts';

const schemaOf = (body: z.ZodType): JsonSchema =>
  z.toJSONSchema(body, { io: 'input' }) as unknown as JsonSchema;

const sent = (body: unknown): unknown => JSON.parse(JSON.stringify(body));

/** What validation finds wrong, by field. */
const wrong = (schema: z.ZodType, body: unknown): string[] => {
  const issues = schema.safeParse(sent(body)).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('/')}: ${message}`);
};

it('every order that the JSON Schema takes is accepted', () => {
  fc.assert(
    fc.property(valueOf(schemaOf(orderBody)), (body) => {
      expect(wrong(orderBody, body)).toEqual([]);
    }),
    { ...SEED, numRuns: 500 },
  );
});

it('every coupon that the JSON Schema takes is accepted, but for times in the wrong order', () => {
  let accepted = 0;
  fc.assert(
    fc.property(valueOf(schemaOf(couponDefinition)), (body) => {
      const found = wrong(couponDefinition, body);
      if (found.length === 0) accepted += 1;
      // JSON Schema can't compare two fields.
      const inOrder = [
        'issueEndsAt: is not after issueStartsAt',
        'validity: from is not before until',
      ];
      expect(found.filter((issue) => !inOrder.includes(issue))).toEqual([]);
    }),
    { ...SEED, numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(200);
});

it('no field of a body is readOnly, which would mean that it may not be sent', () => {
  for (const body of [couponDefinition, orderBody]) {
    expect(JSON.stringify(schemaOf(body))).not.toContain('readOnly');
  }
});
