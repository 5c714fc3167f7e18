/** The `iss` of an issuer of ours: fixed, so that tokens stay good when it restarts on its port. */
export function issuerUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
