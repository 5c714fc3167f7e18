import { join } from 'node:path';

/** The deployed functions, with the limits the local stand-in holds them to. */
export interface FunctionSettings {
  /** Seconds until an invocation is given up. */
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

export const functions = {
  issue: { timeoutSeconds: 10, memoryMb: 512 },
  redeem: { timeoutSeconds: 10, memoryMb: 512 },
  manage: { timeoutSeconds: 10, memoryMb: 512 },
  record: { timeoutSeconds: 60, memoryMb: 512 },
  restore: { timeoutSeconds: 120, memoryMb: 512 },
  sweep: { timeoutSeconds: 60, memoryMb: 256 },
  migrate: { timeoutSeconds: 120, memoryMb: 256 },
} as const satisfies Record<string, FunctionSettings>;

export type FunctionName = keyof typeof functions;

/** Settings by name; tests run functions of their own. */
export type FunctionTable = Readonly<Record<string, FunctionSettings>>;

/** Any region will do: nothing leaves the machine, but the SDK and ARNs need one. */
export const LOCAL_REGION = 'us-east-1';
export const LOCAL_ACCOUNT = '000000000000';

export function functionArn(name: string): string {
  return `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`;
}

/** The module that exports `handler`, in a folder that holds one folder a function. */
export function handlerFile(directory: string, name: string): string {
  return join(directory, name, 'index.ts');
}
