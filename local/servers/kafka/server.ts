import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatePaths } from '../../state.ts';
import type { ServerDefinition } from '../definition.ts';
import { runTool } from '../run-tool.ts';
import { checkKafka } from './check.ts';
import { provideKafka } from './files.ts';
import { brokerProperties } from './properties.ts';

/** Relative to the broker's working directory: in log.dirs, a comma in a path would part two of them. */
const dataDir = 'data';

/**
 * Of a broker on a small machine that others use. The second compiler and the collector's helpers
 * would take the most of a core for half a minute of load, and what they win pays only later.
 */
const JAVA_OPTIONS = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** One Kafka broker in KRaft mode; its data outlives it. */
export async function kafkaServer(
  paths: StatePaths,
  ports: { kafka: number; kafkaController: number; kafkaAdvertised?: number | undefined },
  progress: (line: string) => void,
  stopped?: AbortSignal,
): Promise<ServerDefinition> {
  const classPath = await provideKafka(progress, stopped);
  await mkdir(paths.kafka, { recursive: true });
  await writeFile(
    paths.kafkaConfig,
    brokerProperties({
      dataDir,
      port: ports.kafka,
      controllerPort: ports.kafkaController,
      advertisedPort: ports.kafkaAdvertised ?? ports.kafka,
    }),
  );
  if (!(await isFormatted(paths))) await format(classPath, paths, stopped);
  return {
    name: 'kafka',
    label: 'Kafka',
    port: ports.kafka,
    stopSignal: 'SIGTERM',
    command: () =>
      Promise.resolve({
        file: 'java',
        cwd: paths.kafka,
        env: environment(),
        args: [
          ...JAVA_OPTIONS,
          '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
          '-Dorg.slf4j.simpleLogger.showDateTime=true',
          '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
          ...['-cp', classPath, 'kafka.Kafka', paths.kafkaConfig],
        ],
      }),
    checkReady: () => checkKafka(kafkaBrokers(ports.kafka)),
  };
}

/** The brokers of a Kafka of ours. */
export function kafkaBrokers(port: number): string[] {
  return [`127.0.0.1:${port}`];
}

/** Formatting writes this file last. */
function isFormatted(paths: StatePaths): Promise<boolean> {
  return stat(join(paths.kafka, dataDir, 'meta.properties')).then(
    () => true,
    () => false,
  );
}

async function format(classPath: string, paths: StatePaths, stopped?: AbortSignal): Promise<void> {
  // What an interrupted formatting left; it never held a record.
  await rm(join(paths.kafka, dataDir), { recursive: true, force: true });
  // Kafka takes a UUID in base64url; a leading dash would be read as an option.
  const clusterId = `c${randomBytes(16).toString('base64url').slice(1)}`;
  await runTool(
    'java',
    [
      ...['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classPath],
      ...['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId],
      ...['--config', paths.kafkaConfig],
    ],
    { cwd: paths.kafka, env: environment(), signal: stopped },
  );
}

/** Java takes the encoding of file names from the locale; in plain C a path with an umlaut isn't found. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C.UTF-8' };
}
