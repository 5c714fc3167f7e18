import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** The parts of the document that are read here. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, DocumentedReply>>;
    readonly headers: Readonly<Record<string, { readonly required: boolean }>>;
    readonly schemas: Readonly<Record<string, unknown>>;
  };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly DocumentedParameter[];
  readonly responses: Readonly<Record<string, DocumentedReply | Reference>>;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface DocumentedReply {
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Reference {
  readonly $ref: string;
}

const FILE = new URL('../../docs/openapi.json', import.meta.url);

export const apiDocument = JSON.parse(readFileSync(FILE, 'utf8')) as ApiDocument;

/** The document as a schema with places in it; OpenAPI's own words mean nothing to JSON Schema. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'api', ...apiDocument });

const validators = new Map<string, ValidateFunction>();

/**
 * @param place names in the document, from its root to a schema
 * @returns what is wrong with the value; empty if it matches
 */
export function mismatches(place: readonly string[], value: unknown): string[] {
  const pointer = place.map(escaped).join('/');
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}` });
  validators.set(pointer, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

/** A reply, or the shared one that it refers to, with its place in the document. */
export function resolveReply(
  place: readonly string[],
  reply: DocumentedReply | Reference,
): { readonly place: readonly string[]; readonly reply: DocumentedReply } {
  if (!('$ref' in reply)) return { place, reply };
  const name = lastOf(reply);
  const shared = apiDocument.components.responses[name];
  if (shared === undefined) throw new Error(`the document has no response ${name}`);
  return { place: ['components', 'responses', name], reply: shared };
}

/** The names of the headers that a reply always has. */
export function requiredHeaders({ headers = {} }: DocumentedReply): string[] {
  return Object.entries(headers)
    .filter(([, header]) => apiDocument.components.headers[lastOf(header)]?.required === true)
    .map(([name]) => name.toLowerCase());
}

function lastOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
