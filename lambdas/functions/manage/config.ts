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
] as const satisfies readonly SettingName[];

export const optionalSettingNames = ['corsOrigins'] as const satisfies readonly SettingName[];
