import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionLimits } from '../../lambdas/config/function-limits.ts';

/** Settings by name; tests run functions of their own. */
export type FunctionTable = Readonly<Record<string, FunctionLimits>>;

/** Any region will do: nothing leaves the machine, but the SDK and ARNs need one. */
export const LOCAL_REGION = 'us-east-1';
export const LOCAL_ACCOUNT = '000000000000';

export function functionArn(name: string): string {
  return `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`;
}

/** The module that exports `handler`, in a folder that holds one folder a function: a bundle, or its source. */
export function handlerFile(directory: string, name: string): string {
  const bundle = join(directory, name, 'index.mjs');
  return existsSync(bundle) ? bundle : join(directory, name, 'index.ts');
}
