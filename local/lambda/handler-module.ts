import { pathToFileURL } from 'node:url';
import type { Handler } from './invocation.ts';

/**
 * Imports a function's module and returns its `handler`.
 * @throws what the module throws while it builds its dependencies, or an Error without a handler
 */
export async function importHandler(file: string): Promise<Handler> {
  const module = (await import(pathToFileURL(file).href)) as { handler?: unknown };
  if (typeof module.handler !== 'function') throw new Error(`${file} exports no handler`);
  return module.handler as Handler;
}
