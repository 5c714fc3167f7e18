import type { HttpMethod, RouteName } from '../routes.ts';
import { isPublic, routes } from '../routes.ts';

export type Routing =
  | { readonly kind: 'route'; readonly name: RouteName; readonly parameters: PathParameters }
  | { readonly kind: 'not_found' }
  /** The path is known, but not with this method; public if no method of it asks for a token. */
  | { readonly kind: 'method_not_allowed'; readonly allow: string; readonly isPublic: boolean };

export type PathParameters = Readonly<Record<string, string>>;

interface CompiledRoute {
  readonly name: RouteName;
  readonly method: HttpMethod;
  readonly segments: readonly string[];
}

const compiled: readonly CompiledRoute[] = Object.entries(routes).map(([name, route]) => ({
  name: name as RouteName,
  method: route.method,
  segments: route.path.split('/'),
}));

/** Finds the route of a request, in the one table that all functions share. */
export function resolveRoute(method: string, path: string): Routing {
  const segments = path.split('/');
  const here = compiled.filter((route) => matches(route.segments, segments));
  const route = here.find((candidate) => candidate.method === method);
  if (route) {
    return { kind: 'route', name: route.name, parameters: parameters(route.segments, segments) };
  }
  if (here.length === 0) return { kind: 'not_found' };
  return {
    kind: 'method_not_allowed',
    allow: allowedMethods(here),
    isPublic: here.every(({ name }) => isPublic(name)),
  };
}

function allowedMethods(here: readonly CompiledRoute[]): string {
  const methods = here.map(({ method }) => method as string);
  if (methods.includes('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'].toSorted().join(', ');
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, i) => (isParameter(part) ? segments[i] !== '' : part === segments[i]))
  );
}

function parameters(pattern: readonly string[], segments: readonly string[]): PathParameters {
  const found: Record<string, string> = {};
  pattern.forEach((part, i) => {
    if (isParameter(part)) found[part.slice(1, -1)] = segments[i] ?? '';
  });
  return found;
}
