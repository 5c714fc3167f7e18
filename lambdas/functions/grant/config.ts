import type { SettingName } from '../../config/settings.ts';

export const settingNames = [
  'valkeyUrl',
  'brokers',
  'topic',
  'databaseUrl',
  'issuanceIdSecret',
  'restoreFunctionName',
] as const satisfies readonly SettingName[];
