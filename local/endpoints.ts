import { z } from 'zod';
import { readJson, type StatePaths, writeJson } from './state.ts';

const endpointsSchema = z.object({
  /** Base URL of the HTTP front. */
  api: z.string(),
  issuer: z.string(),
  audience: z.string(),
  /** redis:// URL. */
  valkey: z.string(),
  /** Brokers as KAFKA_BROKERS takes them: host:port, separated by commas. */
  kafka: z.string(),
  topic: z.string(),
  /** Consumer group of the recorder. */
  group: z.string(),
  /** As the functions use it, that is as `coupon_app`. */
  databaseUrl: z.string(),
  /** Base URL of the Lambda stand-in, for AWS_ENDPOINT_URL_LAMBDA: invocations, the event source mapping. */
  lambda: z.string(),
  /** The page that Prometheus scrapes. */
  metrics: z.string(),
  /** The directory with one pid file a process: servers, `main`, and environments if there are any. */
  pids: z.string(),
});

/** What `endpoints.json` tells other programs: where the stack is. */
export type Endpoints = z.infer<typeof endpointsSchema>;

/** Publishes where the stack is. */
export async function writeEndpoints(paths: StatePaths, endpoints: Endpoints): Promise<void> {
  // 0600: databaseUrl holds a password.
  await writeJson(paths.endpoints, endpoints, 0o600);
}

/**
 * Where the stack is, or was when it last ran; undefined if it never ran.
 * Throws when the file was written by another version of this program.
 */
export async function readEndpoints(paths: StatePaths): Promise<Endpoints | undefined> {
  const stored = await readJson(paths.endpoints);
  return stored === undefined ? undefined : endpointsSchema.parse(stored);
}
