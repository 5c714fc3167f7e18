import type { SettingName } from '../lambdas/config/settings.ts';
import { settingNames as issue } from '../lambdas/functions/issue/config.ts';
import { settingNames as manage } from '../lambdas/functions/manage/config.ts';
import { settingNames as migrate } from '../lambdas/functions/migrate/config.ts';
import { settingNames as record } from '../lambdas/functions/record/config.ts';
import { settingNames as redeem } from '../lambdas/functions/redeem/config.ts';
import { settingNames as restore } from '../lambdas/functions/restore/config.ts';
import { settingNames as sweep } from '../lambdas/functions/sweep/config.ts';

export interface FunctionDefinition {
  /** For whoever finds it in the console. */
  readonly description: string;
  /** What it gets to know of the world around it, and nothing else. */
  readonly settingNames: readonly SettingName[];
  readonly timeoutSeconds: number;
  /** Lambda gives CPU in proportion: 1,769 MB is one core. */
  readonly memoryMb: number;
}

/**
 * The deployed functions, named like their folders in `lambdas/functions`. The local stand-in for
 * Lambda holds them to the same limits.
 */
export const functions = {
  issue: {
    description: 'Gives a coupon to a user: gate, then Kafka, then the answer',
    settingNames: issue,
    timeoutSeconds: 10,
    memoryMb: 512,
  },
  redeem: {
    description: 'Answers for issuances and redemptions',
    settingNames: redeem,
    timeoutSeconds: 10,
    memoryMb: 512,
  },
  manage: {
    description: "Answers the operator's calls, and everything that is nobody else's",
    settingNames: manage,
    timeoutSeconds: 10,
    memoryMb: 512,
  },
  record: {
    description: 'Stores accepted claims as issuances: Kafka to PostgreSQL',
    settingNames: record,
    timeoutSeconds: 60,
    memoryMb: 512,
  },
  restore: {
    description: 'Opens gates, and builds lost ones again from PostgreSQL',
    settingNames: restore,
    timeoutSeconds: 120,
    memoryMb: 512,
  },
  sweep: {
    description: 'Publishes claims again whose outcome nobody knows',
    settingNames: sweep,
    timeoutSeconds: 60,
    memoryMb: 256,
  },
  migrate: {
    description: 'Brings the database schema up to date',
    settingNames: migrate,
    timeoutSeconds: 120,
    memoryMb: 256,
  },
} as const satisfies Record<string, FunctionDefinition>;

export type FunctionName = keyof typeof functions;
