/** What one invocation of a function may use, on AWS and in the local stand-in alike. */
export interface FunctionLimits {
  /** Seconds until an invocation is given up. */
  readonly timeoutSeconds: number;
  /** Lambda gives CPU in proportion: 1,769 MB is one core. */
  readonly memoryMb: number;
}

/** The deployed functions, named like their folders in `lambdas/functions`. */
export const functionLimits = {
  issue: { timeoutSeconds: 10, memoryMb: 512 },
  redeem: { timeoutSeconds: 10, memoryMb: 512 },
  manage: { timeoutSeconds: 10, memoryMb: 512 },
  record: { timeoutSeconds: 60, memoryMb: 512 },
  restore: { timeoutSeconds: 120, memoryMb: 512 },
  grant: { timeoutSeconds: 120, memoryMb: 512 },
  sweep: { timeoutSeconds: 60, memoryMb: 256 },
  check: { timeoutSeconds: 60, memoryMb: 256 },
  notify: { timeoutSeconds: 120, memoryMb: 256 },
  migrate: { timeoutSeconds: 120, memoryMb: 256 },
} as const satisfies Record<string, FunctionLimits>;
