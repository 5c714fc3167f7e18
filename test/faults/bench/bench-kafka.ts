import { symlink } from 'node:fs/promises';
import { statePaths } from '../../../local/state.ts';
import type { CleanUp } from '../../support/clean-up.ts';
import type { BenchOptions } from './fault-bench.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { SmallDisk } from './small-disk.ts';

/** What few rows need of Kafka. */
export interface BenchKafka {
  readonly cluster?: KafkaCluster;
  readonly disk?: SmallDisk;
}

/** To be called before the servers are started in this state directory. */
export async function benchKafka(
  { brokers, kafkaDiskMb }: BenchOptions,
  stateDir: string,
  cleanUp: CleanUp,
): Promise<BenchKafka> {
  if (brokers !== undefined) {
    return { cluster: cleanUp.add(await KafkaCluster.start(), (started) => started.remove()) };
  }
  if (kafkaDiskMb === undefined) return {};
  const disk = cleanUp.add(await SmallDisk.mount(kafkaDiskMb), (mounted) => mounted.remove());
  // Not mounted there: the directory is removed together with what it leads to by its owner.
  await symlink(disk.path, statePaths(stateDir).kafka);
  return { disk };
}
