import * as z from 'zod';
import type { PublicRouteName } from '../../routes.ts';
import type { Operation } from './operation.ts';

const page = z.string();

export const serviceOperations = {
  getHealth: {
    summary: 'Whether the service answers',
    description: 'Asks nothing of any server behind it.',
    tag: 'Service',
    replies: {
      200: {
        description: 'It does.',
        schema: z.strictObject({ status: z.literal('ok') }),
        examples: { ok: { summary: 'It does', value: { status: 'ok' } } },
      },
    },
    problems: [],
  },
  getOpenApi: {
    summary: 'This document',
    description: 'OpenAPI 3.1.',
    tag: 'Service',
    requestHeaders: ['ifNoneMatch'],
    replies: {
      200: {
        description: 'The document.',
        schema: z.looseObject({ openapi: z.string() }),
        headers: ['etag'],
      },
      304: { description: 'It has not changed.', headers: ['etag'] },
    },
    problems: [],
  },
  getDocs: {
    summary: 'This document, to be read and tried',
    description: 'A page for people.',
    tag: 'Service',
    replies: { 200: { description: 'The page.', schema: page, contentTypes: ['text/html'] } },
    problems: [],
  },
  getDocsAsset: {
    summary: 'A part of the page',
    description: 'Its name changes with its content.',
    tag: 'Service',
    replies: {
      200: {
        description: 'The part, compressed.',
        schema: page,
        contentTypes: ['text/css', 'text/javascript'],
        headers: ['contentEncoding'],
      },
    },
    problems: ['not_found'],
  },
  getProblem: {
    summary: 'What a problem means, and what to do',
    description: "The page that a problem's `type` leads to, in English and Korean.",
    tag: 'Service',
    query: z.object({
      lang: z.string().optional().meta({
        description: '`en` or `ko`, instead of the `Accept-Language`.',
      }),
    }),
    replies: {
      200: {
        description: 'The page.',
        schema: page,
        contentTypes: ['text/html'],
        headers: ['contentLanguage'],
      },
    },
    problems: ['not_found'],
  },
} as const satisfies Record<PublicRouteName, Operation>;
