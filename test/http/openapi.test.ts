import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../lambdas/api/openapi.ts';
import { problemsOf } from '../../lambdas/api/openapi-problems.ts';
import { namedSchemas, type NamedSchema } from '../../lambdas/api/operations/named-schemas.ts';
import { operations } from '../../lambdas/api/operations/operations.ts';
import { schemaWriter } from '../../lambdas/api/json-schema.ts';
import type { Operation } from '../../lambdas/api/operations/operation.ts';
import { problems } from '../../lambdas/http/problems.ts';
import { routes, type RouteName } from '../../lambdas/routes.ts';
import { apiDocument, mismatches } from '../support/api-document.ts';

const FILE = 'docs/openapi.json';
const entries = Object.entries(operations) as [RouteName, Operation][];

/** Of a method that is no operation. */
const PROBLEMS_OF_NO_OPERATION = ['method_not_allowed'];

describe('the document of the API', () => {
  it('is up to date: npm run openapi writes it', () => {
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(openApiDocument());
  });

  it('is OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(openApiDocument()));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('fits into a reply of the load balancer as it is, for those who take no gzip', () => {
    // 1 MB, of which the bytes in base64 are four thirds.
    expect(readFileSync(FILE).byteLength).toBeLessThan(700_000);
  });

  it('has every route', () => {
    const documented = Object.entries(apiDocument.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
    );
    const all = Object.entries(routes).map(([name, { method, path }]) => [
      name,
      method.toLowerCase(),
      path,
    ]);
    expect(documented.toSorted()).toEqual(all.toSorted());
  });

  it('has every problem where it is answered', () => {
    const answered = new Set(entries.flatMap(([name, operation]) => problemsOf(name, operation)));
    const others = Object.keys(problems).filter((code) => !(answered as Set<string>).has(code));
    expect(others).toEqual(PROBLEMS_OF_NO_OPERATION);
  });

  it('names every status, and has no reply for "the others"', () => {
    for (const { responses } of Object.values(apiDocument.paths).flatMap(Object.values)) {
      const statuses = Object.keys(responses as object);
      expect(statuses.filter((status) => !/^[2345]\d\d$/.test(status))).toEqual([]);
    }
  });

  it.each(examples())('has the example %s, which its schema allows', (_name, place, value) => {
    expect(mismatches(place, value)).toEqual([]);
  });

  it('has closed objects only, but for the document itself', () => {
    const open = openObjects(apiDocument as unknown as Json, '');
    expect(open.filter((place) => !/\/openapi\.json\/|\/allOf\/1$/.test(place))).toEqual([]);
  });

  it('has schemas of both directions that are the same in both', () => {
    for (const [name, { schema, direction }] of named()) {
      if (direction !== 'both') continue;
      const write = (as: 'input' | 'output') => schemaWriter({ [name]: { schema, direction: as } });
      const written = (['input', 'output'] as const).map((as) => {
        const writer = write(as);
        writer.write(schema, as);
        return writer.components();
      });
      expect(written[0]).toEqual(written[1]);
    }
  });

  it('tells of fields that there are', () => {
    for (const [name, { fields = {} }] of named()) {
      const { properties = {} } = (apiDocument.components.schemas[name] ?? {}) as {
        properties?: object;
      };
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });
});

function named(): [string, NamedSchema][] {
  return Object.entries(namedSchemas);
}

/** Every example of a body, a reply or a problem, with the place of its schema. */
function examples(): [string, string[], unknown][] {
  const found: [string, string[], unknown][] = [];
  const walk = (value: Json, place: string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const { schema, examples: own } = value as Record<string, Json>;
    if (schema !== undefined && typeof own === 'object' && own !== null) {
      for (const [name, example] of Object.entries(own as Record<string, Json>)) {
        const shown = resolved(example) as { value: unknown };
        found.push([`${place.join(' ')} ${name}`, [...place, 'schema'], shown.value]);
      }
    }
    for (const [key, inner] of Object.entries(value)) walk(inner, [...place, key]);
  };
  walk(apiDocument as unknown as Json, []);
  return found;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function resolved(example: Json): Json {
  const { $ref } = example as { $ref?: string };
  if ($ref === undefined) return example;
  return $ref
    .split('/')
    .slice(1)
    .reduce<Json>(
      (json, part) => (json as Record<string, Json>)[part] ?? null,
      apiDocument as unknown as Json,
    );
}

/** Places of schemas that are objects and take properties that they don't name. */
function openObjects(value: Json, place: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (/\/(examples|example|value)$/.test(place)) return [];
  const { type, properties, additionalProperties } = value as Record<string, Json>;
  const isOpen = type === 'object' && properties !== undefined && additionalProperties !== false;
  return [
    ...(isOpen ? [place] : []),
    ...Object.entries(value).flatMap(([key, inner]) => openObjects(inner, `${place}/${key}`)),
  ];
}
