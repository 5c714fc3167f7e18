import { expect } from '@jest/globals';
import { json, type HttpReply } from './http-client.ts';

export interface ExpectedProblem {
  readonly status: number;
  readonly code: string;
  /** Of the parts that are named as wrong, at least these. */
  readonly pointers?: readonly string[];
}

/** A whole problem document (RFC 9457), with nothing of the inside in it. */
export function expectProblem(reply: HttpReply, { status, code, pointers }: ExpectedProblem): void {
  expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(`"${code}"`)]);
  expect(reply.headers['content-type']).toBe('application/problem+json');
  const document = json(reply);
  expect(document).toMatchObject({
    type: `/problems/${code}`,
    title: expect.stringMatching(/\w/),
    detail: expect.stringMatching(/\w/),
    requestId: expect.stringMatching(/\w/),
    status,
    code,
  });
  expect(reply.text).not.toMatch(/\bat .*\.ts|Error:|node_modules|SELECT|redis/);
  if (pointers === undefined) return;
  const errors = (document['errors'] ?? []) as { pointer: string; detail: string }[];
  expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining([...pointers]));
  for (const { detail } of errors) expect(detail).toMatch(/\w/);
}
