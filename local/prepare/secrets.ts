import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readJson, type StatePaths, writeJson } from '../state.ts';

const secretsSchema = z.object({
  migratorPassword: z.string(),
  appPassword: z.string(),
  /** Signs issuance ids; ids handed out before a change of it are no longer recognised. */
  issuanceIdSecret: z.string(),
  /** The path at which Slack's stand-in is, as secret as Slack's own. */
  slackPath: z.string(),
  /** Signs webhooks: `whsec_<base64>`. */
  webhookSecret: z.string(),
  userServiceToken: z.string(),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** The stack's secrets: drawn at the first start, then kept in a file only its owner may read. */
export async function keptSecrets(paths: StatePaths): Promise<Secrets> {
  const text = await readJson(paths.secrets);
  const complete = secretsSchema.safeParse(text);
  if (complete.success) return complete.data;
  const secrets = secretsSchema.parse({
    migratorPassword: random(),
    appPassword: random(),
    issuanceIdSecret: random(),
    slackPath: `/services/${random()}`,
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    userServiceToken: random(),
    // Of those that an older version has drawn, each stays: ids are derived with one of them.
    ...secretsSchema.partial().safeParse(text).data,
  });
  await writeJson(paths.secrets, secrets, 0o600);
  return secrets;
}

/** 32 bytes in base64url: safe in a URL, in SQL and in a shell. */
function random(): string {
  return randomBytes(32).toString('base64url');
}
