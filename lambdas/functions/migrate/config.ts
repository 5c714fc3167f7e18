import type { SettingName } from '../../config/settings.ts';

export const settingNames = ['migrationDatabaseUrl'] as const satisfies readonly SettingName[];
