import * as z from 'zod';
import type { Direction, NamedSchema } from './operations/named-schemas.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Makes JSON Schema (2020-12, as OpenAPI 3.1 takes it) of the schemas that validate. */
export interface SchemaWriter {
  /** Named schemas within become references. */
  write(schema: z.ZodType, direction: Direction): JsonObject;
  /** The named schemas that were referred to, directly or not. */
  components(): JsonObject;
}

const REFERENCE = '#/components/schemas/';

type NamedSchemas = Readonly<Record<string, NamedSchema>>;

export function schemaWriter(named: NamedSchemas): SchemaWriter {
  const all = { input: writeNamed(named, 'input'), output: writeNamed(named, 'output') };
  const used = new Set<string>();

  const definition = (name: string): JsonObject => {
    const direction = named[name]?.direction === 'input' ? 'input' : 'output';
    const json = all[direction].get(name);
    if (json === undefined) throw new Error(`no schema is called ${name}`);
    return json;
  };
  const use = (json: JsonObject): JsonObject => {
    for (const name of referencesIn(json)) {
      if (used.has(name)) continue;
      used.add(name);
      use(definition(name));
    }
    return json;
  };

  return {
    write(schema, direction) {
      const name = Object.entries(named).find(
        ([, entry]) => entry.schema === schema && isFor(entry, direction),
      )?.[0];
      return use(
        name === undefined ? writeOne(schema, named, direction) : { $ref: `${REFERENCE}${name}` },
      );
    },

    components() {
      const names = Object.keys(named).filter((name) => used.has(name));
      return Object.fromEntries(names.map((name) => [name, definition(name)]));
    },
  };
}

function isFor({ direction }: NamedSchema, wanted: Direction): boolean {
  return direction === 'both' || direction === wanted;
}

/** Not the name of any schema. */
const UNNAMED = 'unnamed';

function writeOne(schema: z.ZodType, named: NamedSchemas, direction: Direction): JsonObject {
  const written = writeNamed({ ...named, [UNNAMED]: { schema, direction } }, direction);
  return written.get(UNNAMED) ?? {};
}

function writeNamed(named: NamedSchemas, direction: Direction): Map<string, JsonObject> {
  const registry = z.registry<{ id: string }>();
  for (const [id, entry] of Object.entries(named)) {
    if (isFor(entry, direction)) registry.add(entry.schema, { id });
  }
  const { schemas } = z.toJSONSchema(registry, {
    io: direction,
    target: 'draft-2020-12',
    uri: (id) => `${REFERENCE}${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      tidy(jsonSchema);
      // Of a text that becomes a number zod leaves it out, because a request would send the text.
      const { def } = zodSchema._zod;
      if (def.type === 'default' && jsonSchema.type === 'integer') {
        jsonSchema.default ??= def.defaultValue;
      }
    },
  });
  return new Map(
    Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...json }]) => [
      id,
      described(json as JsonObject, named[id]?.fields),
    ]),
  );
}

/** With what its fields mean. */
function described(json: JsonObject, fields: NamedSchema['fields'] = {}): JsonObject {
  const properties = json['properties'] as Readonly<Record<string, JsonObject>> | undefined;
  if (properties === undefined) return json;
  const told = Object.entries(properties).map(([name, property]): [string, JsonObject] => {
    const description = fields[name];
    return [name, description === undefined ? property : { ...property, description }];
  });
  return { ...json, properties: Object.fromEntries(told) };
}

/** Leaves out what zod says of itself, and what says a thing twice. */
function tidy(schema: Record<string, unknown>): void {
  // Its lists that can't be changed; in JSON Schema the word says who may send the property.
  delete schema['readOnly'];
  // The format says it in one word.
  if (schema['format'] === 'date-time') delete schema['pattern'];
  // Of a query parameter: the text that the number is written as.
  if (schema['type'] === 'integer') delete schema['pattern'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  // Not a format that JSON Schema knows.
  if (schema['contentEncoding'] === schema['format']) delete schema['format'];
  const { pattern } = schema;
  // Elsewhere \d is every digit of Unicode; here it is not.
  if (typeof pattern === 'string') schema['pattern'] = pattern.replaceAll(String.raw`\d`, '[0-9]');
}

function referencesIn(json: Json): string[] {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) return json.flatMap((item: Json) => referencesIn(item));
  return Object.entries(json as JsonObject).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' && value.startsWith(REFERENCE)
      ? [value.slice(REFERENCE.length)]
      : referencesIn(value),
  );
}
