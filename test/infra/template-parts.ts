import type { Template } from 'aws-cdk-lib/assertions';

/** `Ref` or `Fn::GetAtt`. */
export interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
}

export interface FunctionResource {
  readonly Properties: {
    readonly Architectures: readonly string[];
    readonly Code: { readonly S3Key: string };
    readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
    readonly MemorySize: number;
    readonly Role: Reference;
    readonly Runtime: string;
    readonly Timeout: number;
  };
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  /** The template's ids of the roles that have it. */
  readonly roles: readonly string[];
}

/** The function with this id. @throws Error when there is none */
export function functionResource(template: Template, id: string): FunctionResource['Properties'] {
  const found = template.findResources('AWS::Lambda::Function')[id] as FunctionResource | undefined;
  if (found === undefined) throw new Error(`the template has no function ${id}`);
  return found.Properties;
}

/** The statements of all policies. Roles have no others: a test sees to that. */
export function statements(template: Template): Statement[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')) as {
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

/** The id that a reference to a role or function names. */
export function target(reference: Reference): string | undefined {
  return reference.Ref ?? reference['Fn::GetAtt']?.[0];
}
