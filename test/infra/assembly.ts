import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentName } from '../../lib/environments/environment.ts';

/** Tells test files where the synthesized environments are. */
export const ASSEMBLIES_VARIABLE = 'COUPON_TEST_ASSEMBLIES';

/** What CDK and cdk-nag have found, beside the templates. */
const REPORT = 'validation-report.json';

export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const satisfies EnvironmentName[];

export type StackName =
  'network' | 'data' | 'identity' | 'service' | 'monitoring' | 'log-analytics';

/** What a template says of a resource; what is in it is looked at by matchers. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type WrittenTemplate = Omit<StackTemplate, 'Resources'> & {
  readonly Resources: Readonly<Record<string, Partial<Resource> & Pick<Resource, 'Type'>>>;
};

export interface Finding {
  readonly ruleName: string;
  readonly acknowledgedId?: string;
  readonly reason?: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations: readonly Finding[];
    readonly suppressedViolations?: readonly Finding[];
  }[];
}

/** A synthesized environment, read from where the CDK app has written it. */
export class Assembly {
  readonly environment: EnvironmentName;
  readonly folder: string;
  readonly stacks: Readonly<Partial<Record<StackName, StackTemplate>>>;

  constructor(environment: EnvironmentName, folder = folderOf(environment)) {
    this.environment = environment;
    this.folder = folder;
    const names: StackName[] = [
      'network',
      'data',
      'identity',
      'service',
      'monitoring',
      'log-analytics',
    ];
    this.stacks = Object.fromEntries(
      names
        .map((name) => [name, join(folder, `coupon-${environment}-${name}.template.json`)] as const)
        .filter(([, file]) => existsSync(file))
        .map(([name, file]) => [name, withProperties(read(file) as WrittenTemplate)]),
    );
  }

  stack(name: StackName): StackTemplate {
    const found = this.stacks[name];
    if (found === undefined) throw new Error(`${this.environment} has no stack ${name}`);
    return found;
  }

  /** Those of a type, by id, of a stack or of all. */
  resources(type: string, name?: StackName): Readonly<Record<string, Resource>> {
    const stacks = name === undefined ? Object.values(this.stacks) : [this.stack(name)];
    const all = stacks.flatMap(({ Resources }) => Object.entries(Resources));
    return Object.fromEntries(all.filter(([, { Type }]) => Type === type));
  }

  /** The one of this type. @throws Error when there is none, or another */
  only(type: string, name?: StackName): Resource {
    const [first, ...others] = Object.values(this.resources(type, name));
    if (first === undefined || others.length > 0) {
      throw new Error(`${this.environment} has ${others.length + (first ? 1 : 0)} ${type}`);
    }
    return first;
  }

  report(): Report['pluginReports'] {
    return (read(join(this.folder, REPORT)) as Report).pluginReports;
  }
}

function folderOf(environment: EnvironmentName): string {
  const assemblies = process.env[ASSEMBLIES_VARIABLE];
  if (assemblies === undefined) throw new Error(`${ASSEMBLIES_VARIABLE} is not set`);
  return join(assemblies, environment);
}

/** A resource without properties has none in the template. */
function withProperties(template: WrittenTemplate): StackTemplate {
  const all = Object.entries(template.Resources).map(
    ([id, resource]) => [id, { ...resource, Properties: resource.Properties ?? {} }] as const,
  );
  return { ...template, Resources: Object.fromEntries(all) };
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
