import { dev } from './environments/dev.ts';
import type { Environment } from './environments/environment.ts';
import { faultsOf } from './environments/faults.ts';
import { INSTALLATION, type Installation } from './environments/installation.ts';
import { prod } from './environments/prod.ts';
import { staging } from './environments/staging.ts';

export const environments: readonly Environment[] = [dev, staging, prod];

export type ChosenEnvironment =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly refusal: string };

/** What `-c name=value` says; undefined when it says nothing. */
export type Context = (name: string) => unknown;

/**
 * The environment that `-c environment=<name>` names, `dev` when it names none, with what else the
 * context says of the installation. Everything that is wrong is named, one line each.
 */
export function chooseEnvironment(context: Context): ChosenEnvironment {
  const name = context('environment') ?? 'dev';
  const known = environments.find((candidate) => candidate.name === name);
  if (known === undefined) {
    const names = environments.map((candidate) => candidate.name).join(', ');
    return { ok: false, refusal: `There is no environment "${textOf(name)}"; there is: ${names}` };
  }
  const installation = { ...known.installation, ...installationOf(context) };
  const environment = { ...known, installation };
  const faults = faultsOf(environment);
  if (faults.length === 0) return { ok: true, environment };
  const lines = faults.map((fault) => `- ${fault}`).join('\n');
  return { ok: false, refusal: `Environment "${known.name}" cannot be right:\n${lines}` };
}

function installationOf(context: Context): Installation {
  return Object.fromEntries(
    Object.keys(INSTALLATION).flatMap((name) => {
      const value = context(name);
      return value === undefined ? [] : [[name, textOf(value)]];
    }),
  );
}

/** The context of a file may be anything. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
