import type { Route, RouteName } from '../routes.ts';
import { routes } from '../routes.ts';
import type { JsonObject, SchemaWriter } from './json-schema.ts';
import {
  headersObject,
  isCounted,
  problemResponses,
  problemsOf,
  takesKey,
} from './openapi-problems.ts';
import type { HeaderDescription, ReplyHeader } from './operations/headers.ts';
import { requestHeaders } from './operations/headers.ts';
import type { Examples, Operation, ReplyDescription } from './operations/operation.ts';
import { pathParameters } from './operations/path-parameters.ts';

/** One route, as the document tells of it. */
export function operationObject(
  name: RouteName,
  operation: Operation,
  schemas: SchemaWriter,
): JsonObject {
  const { scopes }: Route = routes[name];
  const { summary, description, tag } = operation;
  const needed = scopes.map((scope) => `\`${scope}\``).join(' or ');
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: needed === '' ? description : `${description}\n\nNeeds a token with ${needed}.`,
    // Any one of them does.
    security: scopes.map((scope) => ({ token: [scope] })),
    parameters: [
      ...pathObjects(name, schemas),
      ...queryObjects(operation, schemas),
      ...headerObjects(operation, schemas),
    ],
    ...bodyObject(operation, schemas),
    responses: {
      ...replyObjects(name, operation, schemas),
      ...problemResponses(problemsOf(name, operation), schemas),
    },
  };
}

function pathObjects(name: RouteName, schemas: SchemaWriter): JsonObject[] {
  return [...routes[name].path.matchAll(/\{(\w+)\}/g)].map(([, id = '']) => {
    const parameter = pathParameters[id];
    if (parameter === undefined) throw new Error(`no path parameter is called ${id}`);
    const { description, schema, example } = parameter;
    const json = schemas.write(schema, 'input');
    return { name: id, in: 'path', required: true, description, schema: json, example };
  });
}

function queryObjects({ query }: Operation, schemas: SchemaWriter): JsonObject[] {
  if (query === undefined) return [];
  const { properties = {} } = schemas.write(query, 'input');
  return Object.entries(properties as Record<string, JsonObject>).map(([id, property]) => {
    const { description, ...schema } = property;
    const told = description === undefined ? {} : { description };
    return { name: id, in: 'query', required: false, ...told, schema };
  });
}

function headerObjects({ requestHeaders: ids = [] }: Operation, schemas: SchemaWriter) {
  return ids.map((id) => {
    const { name } = requestHeaders[id];
    return { name, in: 'header', ...headerObject(requestHeaders[id], schemas) };
  });
}

/** A header's object, of a request or a reply; its name stands elsewhere. */
export function headerObject(header: HeaderDescription, schemas: SchemaWriter): JsonObject {
  const { description, required = false, example } = header;
  const schema = schemas.write(header.schema, 'output');
  return { description, required, schema, ...(example === undefined ? {} : { example }) };
}

function bodyObject({ body }: Operation, schemas: SchemaWriter): JsonObject {
  if (body === undefined) return {};
  const schema = schemas.write(body.schema, 'input');
  const content = { 'application/json': { schema, examples: examplesObject(body.examples) } };
  return { requestBody: { required: body.required, content } };
}

function replyObjects(name: RouteName, { replies }: Operation, schemas: SchemaWriter): JsonObject {
  const common: ReplyHeader[] = ['requestId'];
  if (isCounted(name)) common.push('rateLimitPolicy', 'rateLimit');
  if (takesKey(name)) common.push('idempotencyReplayed');
  return Object.fromEntries(
    Object.entries(replies).map(([status, { description, headers = [], ...reply }]) => [
      status,
      {
        description,
        headers: headersObject([...headers, ...common]),
        ...contentObject(reply, schemas),
      },
    ]),
  );
}

function contentObject(
  {
    schema,
    contentTypes = ['application/json'],
    otherContents = {},
    examples,
  }: Partial<ReplyDescription>,
  schemas: SchemaWriter,
): JsonObject {
  if (schema === undefined) return {};
  const media = {
    schema: schemas.write(schema, 'output'),
    ...(examples === undefined ? {} : { examples: examplesObject(examples) }),
  };
  const others = Object.entries(otherContents).map(([type, other]): [string, JsonObject] => [
    type,
    { schema: schemas.write(other, 'output') },
  ]);
  const own = contentTypes.map((type): [string, JsonObject] => [type, media]);
  return { content: Object.fromEntries([...own, ...others]) };
}

/** As JSON has them: without what is undefined. */
function examplesObject(examples: Examples): JsonObject {
  return JSON.parse(JSON.stringify(examples)) as JsonObject;
}
