import { urlRefusal, type Reach } from '../../lambdas/adapters/url-refusal.ts';

const SECRET_ARN = String.raw`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+$`;

/**
 * What only the owner of the account can know. It may be written down here or given by
 * `-c <name>=<value>`. Of what the API needs, what is not given is a parameter of the template
 * without a default, so that a deployment without it is refused by name; a channel of notifications
 * of which nothing is given is not there.
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
    pattern: String.raw`^https://[^\s/?#:@]+(:443)?([/?][^\s#]*)?$`,
    description:
      'Where the keys of the issuer are, at port 443: jwks_uri of its discovery document',
  },
  audience: {
    pattern: String.raw`^\S+$`,
    description: 'What the tokens say they are for',
  },
  mailFrom: {
    pattern: String.raw`^[\w.+-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`,
    description: 'The address that e-mails come from, which SES has verified: coupons@example.com',
  },
  mailConfigurationSet: {
    pattern: String.raw`^[\w-]{1,64}$`,
    description: 'The configuration set of SES by which bounces and complaints are heard of',
  },
  userServiceUrl: {
    pattern: String.raw`^https://[^\s?#]+$`,
    description: 'The shop’s user service, to which /<userId> is added',
  },
  userServiceTokenSecretArn: {
    pattern: SECRET_ARN,
    description: 'The secret whose text is the token for the user service: its ARN',
  },
  slackWebhookSecretArn: {
    pattern: SECRET_ARN,
    description: 'The secret whose text is the address of Slack’s incoming webhook: its ARN',
  },
  shopWebhookUrl: {
    pattern: String.raw`^https://[^\s#]+$`,
    description: 'Where the shop’s own systems are told, at an address of the internet',
  },
  shopWebhookSecretArn: {
    pattern: SECRET_ARN,
    description: 'The secret whose text is whsec_…, or several: its ARN',
  },
  channelSecretsKeyArn: {
    pattern: String.raw`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[\w-]+$`,
    description: 'The key by which these secrets are encrypted, where it is not AWS’ own: its ARN',
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

/** Without them nothing can be deployed. Without the others there is less: see docs/deploy.md. */
export type RequiredValue = 'domain' | 'certificateArn' | 'issuer' | 'jwksUri' | 'audience';

export type Installation = Readonly<Partial<Record<InstallationValue, string>>>;

/** What makes no sense alone. */
const TOGETHER: readonly (readonly InstallationValue[])[] = [
  ['mailFrom', 'userServiceUrl', 'userServiceTokenSecretArn'],
  ['shopWebhookUrl', 'shopWebhookSecretArn'],
];

/** One sentence for each channel that is there by half. */
export function faultsOfChannels(installation: Installation): string[] {
  return TOGETHER.flatMap((names) => {
    const given = names.filter((name) => installation[name] !== undefined);
    const missing = names.filter((name) => installation[name] === undefined);
    if (given.length === 0 || missing.length === 0) return [];
    return [`${given.join(' and ')} needs ${missing.join(' and ')}`];
  });
}

/** What functions call for notifications, and where it may be. */
const CALLED: Readonly<Partial<Record<InstallationValue, Reach>>> = {
  userServiceUrl: 'https',
  shopWebhookUrl: 'public',
};

/** One sentence for each value that cannot be right. */
export function faultsOfInstallation(installation: Installation): string[] {
  const names = Object.keys(INSTALLATION) as InstallationValue[];
  return names.flatMap((name) => {
    const value = installation[name];
    const { pattern, description } = INSTALLATION[name];
    if (value === undefined) return [];
    if (!new RegExp(pattern).test(value)) {
      return [`${name} is "${value}", and should be: ${description}`];
    }
    const { [name]: reach } = CALLED;
    const refusal = reach && (urlRefusal(value, reach) ?? portRefusal(value));
    return refusal === undefined ? [] : [`${name}: ${refusal}`];
  });
}

/** Security groups and the way out let functions through at one port. */
function portRefusal(url: string): string | undefined {
  const { port } = new URL(url);
  if (port === '') return undefined;
  return `the address has port ${port}, and functions are let out to 443 only`;
}
