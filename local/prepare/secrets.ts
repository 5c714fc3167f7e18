import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readJson, type StatePaths, writeJson } from '../state.ts';

const secretsSchema = z.object({
  migratorPassword: z.string(),
  appPassword: z.string(),
  /** Signs issuance ids; ids handed out before a change of it are no longer recognised. */
  issuanceIdSecret: z.string(),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** The stack's secrets: drawn at the first start, then kept in a file only its owner may read. */
export async function keptSecrets(paths: StatePaths): Promise<Secrets> {
  const stored = secretsSchema.safeParse(await readJson(paths.secrets));
  if (stored.success) return stored.data;
  const secrets: Secrets = {
    migratorPassword: random(),
    appPassword: random(),
    issuanceIdSecret: random(),
  };
  await writeJson(paths.secrets, secrets, 0o600);
  return secrets;
}

/** 32 bytes in base64url: safe in a URL, in SQL and in a shell. */
function random(): string {
  return randomBytes(32).toString('base64url');
}
