import type { FunctionName } from '../../lib/functions.ts';
import type { Assembly } from './assembly.ts';

/** `Ref` or `Fn::GetAtt`. */
export interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
}

export interface FunctionProperties {
  readonly Architectures: readonly string[];
  readonly Code: { readonly S3Key: string };
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly LoggingConfig: { readonly LogGroup: Reference };
  readonly MemorySize: number;
  readonly Role: Reference;
  readonly Runtime: string;
  readonly Timeout: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly VpcConfig: { readonly SecurityGroupIds: readonly Reference[] };
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  /** The template's ids of the roles that have it. */
  readonly roles: readonly string[];
}

/** The template's id of a function. */
export function idOf(assembly: Assembly, name: FunctionName): string {
  const pattern = new RegExp(`^${name}Function[0-9A-F]{8}$`);
  const id = Object.keys(assembly.resources('AWS::Lambda::Function')).find((candidate) =>
    pattern.test(candidate),
  );
  if (id === undefined) throw new Error(`the template has no function ${name}`);
  return id;
}

export function propertiesOf(assembly: Assembly, name: FunctionName): FunctionProperties {
  const resource = assembly.resources('AWS::Lambda::Function')[idOf(assembly, name)];
  return resource?.Properties as unknown as FunctionProperties;
}

/** The template's id of a function's role. */
export function roleOf(assembly: Assembly, name: FunctionName): string {
  return target(propertiesOf(assembly, name).Role);
}

/** The statements of all policies. Our roles have no others: a test sees to that. */
export function statements(assembly: Assembly): Statement[] {
  const policies = Object.values(assembly.resources('AWS::IAM::Policy')) as unknown as {
    Properties: {
      PolicyDocument: { Statement: Omit<Statement, 'roles'>[] };
      Roles: { Ref: string }[];
    };
  }[];
  return policies.flatMap(({ Properties: { PolicyDocument, Roles } }) =>
    PolicyDocument.Statement.map((statement) => ({
      ...statement,
      roles: Roles.map(({ Ref }) => Ref),
    })),
  );
}

export function actionsOf({ Action }: Statement): readonly string[] {
  return typeof Action === 'string' ? [Action] : Action;
}

/** The id that a reference names. */
export function target(reference: Reference): string {
  return reference.Ref ?? reference['Fn::GetAtt']?.[0] ?? '';
}
