import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importRules } from './import-rules.ts';

const FOLDERS = ['bench', 'bin', 'cli', 'lambdas', 'lib', 'local'];

export interface Imports {
  /** How many files were read. */
  readonly files: number;
  /** One line each: `from → to: rule`. */
  readonly violations: readonly string[];
}

/**
 * Judges all imports in a tree with this project's layout.
 * @param root absolute
 */
export async function judgeImports(root: string): Promise<Imports> {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(
    folders,
    {
      baseDir: root,
      // Imports of types count too.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      validate: true,
      ruleSet: { forbidden: importRules.map((rule) => ({ ...rule, severity: 'error' as const })) },
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  );
  const { summary, modules } = output as ICruiseResult;
  return {
    files: modules.filter(({ source }) => folders.includes(source.split('/')[0] ?? '')).length,
    violations: summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}`),
  };
}
