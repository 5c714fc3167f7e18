/**
 * What only the owner of the account can know. It may be written down here or given by
 * `-c <name>=<value>`; what is not is a parameter of the template without a default, so that a
 * deployment without it is refused by name.
 */
export const INSTALLATION = {
  domain: {
    pattern: String.raw`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`,
    description: 'The host name of the API, as callers write it: coupons.example.com',
  },
  certificateArn: {
    pattern: String.raw`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$`,
    description: 'The certificate of that name, in ACM and in the region of the stack: its ARN',
  },
  issuer: {
    pattern: String.raw`^https://[^\s?#]+$`,
    description: 'Who signs the tokens, exactly as in their claim iss',
  },
  jwksUri: {
    pattern: String.raw`^https://[^\s#]+$`,
    description: 'Where the keys of the issuer are: jwks_uri of its discovery document',
  },
  audience: {
    pattern: String.raw`^\S+$`,
    description: 'What the tokens say they are for',
  },
  alarmEmails: {
    pattern: String.raw`^[^\s,@]+@[^\s,@]+(,[^\s,@]+@[^\s,@]+)*$`,
    description: 'Who is told of alarms: addresses, separated by commas',
  },
  slackWorkspace: {
    pattern: '^T[0-9A-Z]{6,}$',
    description: 'The id of the Slack workspace that Amazon Q Developer was let into',
  },
  slackChannel: {
    pattern: '^[CG][0-9A-Z]{6,}$',
    description: 'The id of the Slack channel that is told of alarms',
  },
  grafanaSignIn: {
    pattern: '^(AWS_SSO|SAML)$',
    description: 'How people sign in to a Managed Grafana: AWS_SSO (Identity Center) or SAML',
  },
  runbookUrl: {
    pattern: String.raw`^https://[^\s#]+$`,
    description: 'Where people read docs/runbook.md: alarms lead to its sections',
  },
} as const;

export type InstallationValue = keyof typeof INSTALLATION;

/** Without them there is less, and nobody is asked: see docs/deploy.md. */
export type OptionalValue =
  'alarmEmails' | 'slackWorkspace' | 'slackChannel' | 'grafanaSignIn' | 'runbookUrl';

/** Without them nothing can be deployed. */
export type RequiredValue = Exclude<InstallationValue, OptionalValue>;

export type Installation = Readonly<Partial<Record<InstallationValue, string>>>;

/** One sentence for each value that cannot be right. */
export function faultsOfInstallation(installation: Installation): string[] {
  const names = Object.keys(INSTALLATION) as InstallationValue[];
  return names.flatMap((name) => {
    const value = installation[name];
    const { pattern, description } = INSTALLATION[name];
    if (value === undefined || new RegExp(pattern).test(value)) return [];
    return [`${name} is "${value}", and should be: ${description}`];
  });
}
