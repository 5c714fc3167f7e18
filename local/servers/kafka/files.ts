import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, fromCache } from '../cache.ts';
import { runTool } from '../run-tool.ts';

/** Change it together with pom.xml. */
const cacheName = 'kafka-4.1.1';
const pom = join(dirname(fileURLToPath(import.meta.url)), 'pom.xml');

/** The cached broker's directory, or undefined. */
export function findKafka(): Promise<string | undefined> {
  return cached(cacheName);
}

/** The Java class path of the broker, downloaded if it must be. Throws when it can't be had. */
export async function provideKafka(
  progress: (line: string) => void,
  stopped?: AbortSignal,
): Promise<string> {
  const directory = await fromCache(cacheName, async (draft) => {
    progress('downloading Kafka 4.1 (43 MB, once)');
    await runTool(
      'mvn',
      [
        ...['-q', '-B', '-f', pom, 'dependency:copy-dependencies'],
        `-DoutputDirectory=${join(draft, 'libs')}`,
      ],
      { signal: stopped },
    );
  });
  // Java itself expands the star.
  return join(directory, 'libs', '*');
}
