import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { isUserId } from '../../lambdas/domain/claim-record.ts';
import { couponDefinition } from '../../lambdas/api/coupon.ts';
import { operations } from '../../lambdas/api/operations/operations.ts';
import { orderBody } from '../../lambdas/api/order.ts';
import type { RouteName } from '../../lambdas/routes.ts';
import { apiDocument } from '../support/api-document.ts';
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
      // Nor look between braces: what may stand there is told in words, and that no text is blank.
      const isTold = (issue: string): boolean =>
        inOrder.includes(issue) ||
        /^notifications\/templates\/.*(placeholder|Must not be empty)/.test(issue);
      expect(found.filter((issue) => !isTold(issue))).toEqual([]);
    }),
    { ...SEED, numRuns: 1_500 },
  );
  expect(accepted).toBeGreaterThan(200);
});

const withQueries = Object.values(apiDocument.paths)
  .flatMap((methods) => Object.values(methods))
  .flatMap(({ operationId, parameters = [] }) => {
    const inQuery = parameters.filter((parameter) => parameter.in === 'query');
    return inQuery.length === 0 ? [] : [{ operationId, inQuery }];
  });

it.each(withQueries)('every query that the document takes is accepted by $operationId', (call) => {
  // What a cursor says is checked apart: it comes from a page.
  const named = call.inQuery.filter(({ name }) => name !== 'cursor');
  const values = named.map(({ name, schema }) => [name, valueOf(schema).map(String)] as const);
  const { query = z.object() } = operations[call.operationId as RouteName];
  fc.assert(
    fc.property(fc.record(Object.fromEntries(values), { requiredKeys: [] }), (given) => {
      expect(wrong(query, given)).toEqual([]);
    }),
    { ...SEED, numRuns: 300 },
  );
});

it('a user whom the document takes is one whom a token may name', () => {
  const parameter = withQueries
    .flatMap(({ inQuery }) => inQuery)
    .find(({ name }) => name === 'userId');
  fc.assert(
    fc.property(valueOf(parameter?.schema ?? {}), (userId) => {
      expect(isUserId(userId)).toBe(true);
    }),
    { ...SEED, numRuns: 300 },
  );
  expect(isUserId('🎟'.repeat(256))).toBe(false);
});

it('no field of a body is readOnly, which would mean that it may not be sent', () => {
  for (const body of [couponDefinition, orderBody]) {
    expect(JSON.stringify(schemaOf(body))).not.toContain('readOnly');
  }
});
