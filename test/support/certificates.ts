import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM, and where it lies. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificates {
  /** Trusted by whoever is told so. */
  readonly ca: Certificate;
  /** For `localhost` and 127.0.0.1, by that authority. */
  readonly server: Certificate;
  /** By that authority, for another host. */
  readonly otherHost: Certificate;
  /** For `localhost`, by an authority that nobody knows. */
  readonly stranger: Certificate;
  remove(): Promise<void>;
}

const HERE = 'DNS:localhost,IP:127.0.0.1';

/** Two authorities and what they have signed, good for a day. */
export async function newCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-tls-'));
  const ca = await authority(folder, 'ca');
  const unknown = await authority(folder, 'unknown');
  return {
    ca,
    server: await signed(folder, 'server', HERE, ca),
    otherHost: await signed(folder, 'other-host', 'DNS:elsewhere.test', ca),
    stranger: await signed(folder, 'stranger', HERE, unknown),
    remove: () => rm(folder, { recursive: true }),
  };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function authority(folder: string, name: string): Promise<Certificate> {
  const [certFile, keyFile] = files(folder, name);
  await run('openssl', [
    ...['req', '-x509', ...NEW_KEY, '-keyout', keyFile, '-out', certFile],
    ...['-subj', `/CN=${name} of the tests`, '-days', '1'],
  ]);
  return read(certFile, keyFile);
}

async function signed(
  folder: string,
  name: string,
  names: string,
  by: Certificate,
): Promise<Certificate> {
  const [certFile, keyFile] = files(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  await writeFile(extensions, `subjectAltName=${names}\n`);
  await run('openssl', [
    ...['req', ...NEW_KEY, '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`],
  ]);
  await run('openssl', [
    ...['x509', '-req', '-in', request, '-CA', by.certFile, '-CAkey', by.keyFile],
    ...['-CAcreateserial', '-out', certFile, '-days', '1', '-extfile', extensions],
  ]);
  return read(certFile, keyFile);
}

function files(folder: string, name: string): [cert: string, key: string] {
  return [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
}

async function read(certFile: string, keyFile: string): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key, certFile, keyFile };
}
