import * as fc from 'fast-check';

/** The part of JSON Schema (2020-12) that the API's bodies use. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

const KNOWN = new Set(
  `$schema default type properties required additionalProperties items anyOf oneOf enum const not
  format pattern minimum maximum minLength maxLength minItems maxItems uniqueItems`.split(/\s+/),
);

/** Any value that the schema takes, as a fuzzer makes it that knows nothing else. */
export function valueOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`not known of JSON Schema: ${unknown.join(', ')}`);
  const { anyOf, oneOf, ...rest } = schema;
  const branches = anyOf ?? oneOf;
  if (branches) return fc.oneof(...branches.map((branch) => valueOf(merged(rest, branch))));
  if ('const' in schema) return fc.constant(schema['const']);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema['type']) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return arrayOf(schema);
    case 'string':
      return stringOf(schema);
    case 'integer':
      return fc.integer({ min: needed(schema.minimum), max: needed(schema.maximum) });
    case 'boolean':
      return fc.boolean();
    default:
      throw new Error(`no type: ${JSON.stringify(schema)}`);
  }
}

/** The schema that asks for both: here, the branch only ever narrows. */
function merged(schema: JsonSchema, branch: JsonSchema): JsonSchema {
  const properties = Object.entries(branch.properties ?? {}).map(([name, narrower]) => {
    return [name, merged(schema.properties?.[name] ?? {}, narrower)] as const;
  });
  const both = { ...schema, ...branch };
  if (properties.length === 0) return both;
  return { ...both, properties: { ...schema.properties, ...Object.fromEntries(properties) } };
}

function objectOf({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const possible = Object.entries(properties).filter(([, schema]) => !('not' in schema));
  const values = possible.map(([name, schema]) => [name, valueOf(schema)] as const);
  return fc.record(Object.fromEntries(values), { requiredKeys: [...required] });
}

function arrayOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0, maxItems, uniqueItems = false } = schema;
  const lengths = { minLength: minItems, maxLength: needed(maxItems) };
  return uniqueItems ? fc.uniqueArray(valueOf(items), lengths) : fc.array(valueOf(items), lengths);
}

function stringOf(schema: JsonSchema): fc.Arbitrary<string> {
  const pattern = new RegExp(schema.pattern ?? '', 'u');
  if (schema['format'] === 'date-time') {
    return instant.filter((text) => pattern.test(text));
  }
  if (schema.maxLength === undefined) {
    return schema.pattern === undefined ? fc.string() : fc.stringMatching(pattern);
  }
  const limits = { minLength: needed(schema.minLength), maxLength: schema.maxLength };
  // Any character there is, and as many of them as the schema says.
  const any = fc.string({ unit: 'binary', size: 'max', ...limits });
  const longest = fc.constant('🎟'.repeat(schema.maxLength));
  return fc.oneof({ weight: 9, arbitrary: any }, longest).filter((text) => pattern.test(text));
}

const instant = fc
  .record({
    date: fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    }),
    offset: fc.constantFrom('Z', '+09:00', '-05:00', '+23:59', '-00:00'),
    fraction: fc.constantFrom('', '.5', '.123456789'),
  })
  .map(({ date, offset, fraction }) => date.toISOString().slice(0, 19) + fraction + offset);

function needed(limit: number | undefined): number {
  if (limit === undefined) throw new Error('a limit that JSON Schema does not say');
  return limit;
}
