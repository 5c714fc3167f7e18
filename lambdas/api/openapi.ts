import type { RouteName } from '../routes.ts';
import { routes } from '../routes.ts';
import type { JsonObject } from './json-schema.ts';
import { schemaWriter } from './json-schema.ts';
import { ABOUT } from './openapi-about.ts';
import { headerObject, operationObject } from './openapi-operation.ts';
import { problemExamples, sharedResponses } from './openapi-problems.ts';
import { replyHeaders } from './operations/headers.ts';
import { namedSchemas } from './operations/named-schemas.ts';
import type { Operation } from './operations/operation.ts';
import { TAGS } from './operations/operation.ts';
import { operations } from './operations/operations.ts';

const TOKEN = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'An access token: `sub` is the user, `scope` has the scopes, separated by spaces. `coupons:use` is for a shopper, `coupons:checkout` for the order service of the shop, `coupons:manage` for an operator.',
} as const;

/** The API's document, OpenAPI 3.1: made of the tables and schemas that the functions run by. */
export function openApiDocument(): JsonObject {
  const schemas = schemaWriter(namedSchemas);
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [name, operation] of Object.entries(operations) as [RouteName, Operation][]) {
    const { path, method } = routes[name];
    (paths[path] ??= {})[method.toLowerCase()] = operationObject(name, operation, schemas);
  }
  const headers = Object.fromEntries(
    Object.values(replyHeaders).map((header) => [header.name, headerObject(header, schemas)]),
  );
  const used = JSON.stringify(paths);
  const responses = Object.entries(sharedResponses(schemas)).filter(([name]) =>
    used.includes(`"#/components/responses/${name}"`),
  );
  return {
    openapi: '3.1.1',
    info: ABOUT,
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { token: TOKEN },
      headers,
      responses: Object.fromEntries(responses),
      examples: problemExamples(),
      schemas: schemas.components(),
    },
  };
}
