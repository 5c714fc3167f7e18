import type { SettingName } from '../../config/settings.ts';

export const settingNames = [
  'valkeyUrl',
  'brokers',
  'topic',
  'recordGroup',
  'databaseUrl',
] as const satisfies readonly SettingName[];
