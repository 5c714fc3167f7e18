import { CHANNEL_OPTIONS, DATABASE_OPTIONS, type SettingName } from '../../config/settings.ts';

export const settingNames = ['databaseUrl'] as const satisfies readonly SettingName[];

export const optionalSettingNames = [
  ...DATABASE_OPTIONS,
  ...CHANNEL_OPTIONS,
] as const satisfies readonly SettingName[];
