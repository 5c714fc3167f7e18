import {
  CHANNEL_OPTIONS,
  DATABASE_OPTIONS,
  VALKEY_OPTIONS,
  type SettingName,
} from '../../config/settings.ts';

export const settingNames = ['valkeyUrl', 'databaseUrl'] as const satisfies readonly SettingName[];

export const optionalSettingNames = [
  ...VALKEY_OPTIONS,
  ...DATABASE_OPTIONS,
  ...CHANNEL_OPTIONS,
] as const satisfies readonly SettingName[];
