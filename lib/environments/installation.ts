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
} as const;

export type InstallationValue = keyof typeof INSTALLATION;

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
