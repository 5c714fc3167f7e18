import { DATABASE_OPTIONS, VALKEY_OPTIONS, type SettingName } from '../../config/settings.ts';

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

export const optionalSettingNames = [
  'corsOrigins',
  'claims',
  ...VALKEY_OPTIONS,
  ...DATABASE_OPTIONS,
] as const satisfies readonly SettingName[];
