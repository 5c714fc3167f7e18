import { markdownTable } from '../../bench/markdown-table.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import type { Assembly } from './assembly.ts';
import { readable } from './readable.ts';
import { actionsOf, roleOf, statements, type Statement } from './service-parts.ts';

const HEAD = `# What each role may do

Read off the template of \`prod\` by \`npm run roles\`, and held to it by \`npm test\`. What stands in \`<>\` is known at deployment. A role is one function's, or one schedule's; roles have no other rights: no policy that AWS manages, and no policy of a resource that names them.

Every function's role has besides:

`;

/** \`docs/roles.md\`. */
export function rolesDocument(assembly: Assembly): string {
  const names = Object.keys(functions) as FunctionName[];
  const rights = names.map((name) => rightsOf(assembly, roleOf(assembly, name)));
  const common = (rights[0] ?? []).filter((right) => rights.every((others) => has(others, right)));
  const sections = names.map((name, i) => {
    const own = (rights[i] ?? []).filter((right) => !has(common, right));
    return `## ${name}\n\n${functions[name].description}.\n\n${table(own)}`;
  });
  const others = [...new Set(statements(assembly).flatMap(({ roles }) => roles))]
    .filter((role) => !names.some((name) => role === roleOf(assembly, name)))
    .map((role) => `### ${role.replace(/[0-9A-F]{8}$/, '')}\n\n${table(rightsOf(assembly, role))}`);
  return [HEAD + table(common), ...sections, '## Roles of no function\n', ...others].join('\n');
}

interface Right {
  readonly action: string;
  readonly resource: string;
}

function rightsOf(assembly: Assembly, role: string): Right[] {
  return statements(assembly)
    .filter(({ roles }) => roles.includes(role))
    .flatMap((statement) =>
      actionsOf(statement).flatMap((action) =>
        resourcesOf(statement).map((resource) => ({
          action: statement.Effect === 'Deny' ? `refused: ${action}` : action,
          resource: `${generic(resource)}${conditionOf(statement)}`,
        })),
      ),
    )
    .toSorted((a, b) => (a.action + a.resource < b.action + b.resource ? -1 : 1));
}

function resourcesOf({ Resource }: Statement): string[] {
  return (Array.isArray(Resource) ? (Resource as unknown[]) : [Resource]).map(readable);
}

function conditionOf({ Condition }: Statement): string {
  if (Condition === undefined) return '';
  const text = JSON.stringify(Condition);
  return text.includes('lambda:SourceFunctionArn')
    ? ', called by the function itself'
    : `, where ${text}`;
}

/** A function's own things are the same for all. */
function generic(resource: string): string {
  const own = Object.keys(functions).map((name) => `<${name}Logs Arn>`);
  return own.includes(resource) ? 'its log group' : resource;
}

function has(rights: readonly Right[], { action, resource }: Right): boolean {
  return rights.some((right) => right.action === action && right.resource === resource);
}

function table(rights: readonly Right[]): string {
  const rows = rights.map(({ action, resource }) => [`\`${action}\``, `\`${resource}\``]);
  return markdownTable(['action', 'resource'], rows);
}
