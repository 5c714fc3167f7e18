import type { SettingName } from '../../config/settings.ts';

export const settingNames = ['databaseUrl'] as const satisfies readonly SettingName[];
