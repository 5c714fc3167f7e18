/** The services that are called, by the names in the variables of their endpoints. */
export type AwsService = 'LAMBDA' | 'SECRETS_MANAGER' | 'KAFKA' | 'SESV2' | 'SNS';

/** Who this function is for AWS. */
export interface AwsAccess {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Of the services that are not at the region's own addresses. */
  readonly endpoints: Readonly<Partial<Record<AwsService, string>>>;
}

/** Reads what the Lambda runtime puts into a function's environment. */
export function awsAccess(environment: NodeJS.ProcessEnv): AwsAccess {
  const endpointOf = (service: AwsService): Partial<Record<AwsService, string>> => {
    const url = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment['AWS_ENDPOINT_URL'];
    return url === undefined ? {} : { [service]: url };
  };
  return {
    region: environment['AWS_REGION'] ?? '',
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'],
    endpoints: {
      ...endpointOf('LAMBDA'),
      ...endpointOf('SECRETS_MANAGER'),
      ...endpointOf('KAFKA'),
      ...endpointOf('SESV2'),
      ...endpointOf('SNS'),
    },
  };
}
