import type { SettingName } from '../../config/settings.ts';

export const settingNames = [
  'valkeyUrl',
  'brokers',
  'topic',
  'recordGroup',
  'databaseUrl',
  'issuer',
  'audience',
  'jwksUri',
  'issuanceIdSecret',
  'grantFunctionName',
] as const satisfies readonly SettingName[];
