import { DATABASE_OPTIONS, VALKEY_OPTIONS, type SettingName } from '../../config/settings.ts';

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

export const optionalSettingNames = [
  'corsOrigins',
  'claims',
  'notifyChannels',
  ...VALKEY_OPTIONS,
  ...DATABASE_OPTIONS,
] as const satisfies readonly SettingName[];
