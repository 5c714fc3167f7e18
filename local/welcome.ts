import type { Endpoints } from './endpoints.ts';

/** What the user can do now: addresses, and commands that work pasted one after the other. */
export function welcome(
  endpoints: Endpoints,
  demo: { readonly id: string; readonly name: string } | undefined,
  customStateDir: string | undefined,
): string {
  const { api, issuer, valkey, kafka, databaseUrl, lambda, metrics } = endpoints;
  const addresses = [
    ['API', api],
    ['Issuer', issuer],
    ['Valkey', valkey],
    ['Kafka', kafka],
    ['PostgreSQL', databaseUrl.replace(/:[^:@/]+@/, ':…@')],
    ['Lambda API', lambda],
    ['Metrics', metrics],
  ] as const;
  const lines = addresses.map(([name, address]) => `  ${name.padEnd(11)} ${address}`);
  return ['', ...lines, '', ...(demo === undefined ? [] : commands(api, demo, customStateDir))]
    .map((line) => `${line}\n`)
    .join('');
}

function commands(
  api: string,
  demo: { readonly id: string; readonly name: string },
  stateDir: string | undefined,
): string[] {
  const prefix = stateDir === undefined ? '' : `COUPON_STATE_DIR=${quoted(stateDir)} `;
  return [
    `Coupon ${demo.id} (${demo.name}) is open. In another terminal, in this folder:`,
    '',
    `  TOKEN=$(${prefix}npm run --silent token -- --user alice --scope coupons:use)`,
    `  CLAIM=$(curl -sS -X POST -H "Authorization: Bearer $TOKEN" ${api}/v1/coupons/${demo.id}/issuances); echo "$CLAIM"`,
    `  curl -sS -w '\\n' -H "Authorization: Bearer $TOKEN" ${api}/v1/issuances/$(echo "$CLAIM" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`,
    '',
  ];
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
