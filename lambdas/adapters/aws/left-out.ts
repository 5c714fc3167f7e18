/**
 * Stands in the bundles for parts of the SDK that are never called here, 140 KB of each: the search
 * for credentials, which a function has in its environment, and streams of events.
 *
 * @throws Error always
 */
export function defaultProvider(): never {
  throw new Error('left out of the bundle');
}
