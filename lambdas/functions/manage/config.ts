import type { SettingName } from '../../config/settings.ts';

export const settingNames = [
  'valkeyUrl',
  'databaseUrl',
  'issuer',
  'audience',
  'jwksUri',
  'restoreFunctionName',
  'issuanceIdSecret',
  'grantFunctionName',
] as const satisfies readonly SettingName[];

export const optionalSettingNames = ['corsOrigins'] as const satisfies readonly SettingName[];
