import { rm } from 'node:fs/promises';
import { ASSEMBLIES_VARIABLE } from './assembly.ts';

export default async function tearDown(): Promise<void> {
  const folder = process.env[ASSEMBLIES_VARIABLE];
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
