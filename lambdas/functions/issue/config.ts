import type { SettingName } from '../../config/settings.ts';

export const settingNames = [
  'valkeyUrl',
  'brokers',
  'topic',
  'databaseUrl',
  'issuer',
  'audience',
  'jwksUri',
  'issuanceIdSecret',
  'restoreFunctionName',
] as const satisfies readonly SettingName[];

export const optionalSettingNames = ['corsOrigins'] as const satisfies readonly SettingName[];
