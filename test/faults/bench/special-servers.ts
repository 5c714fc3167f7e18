import { symlink } from 'node:fs/promises';
import { statePaths } from '../../../local/state.ts';
import type { CleanUp } from '../../support/clean-up.ts';
import { BreakableIssuer } from './breakable-issuer.ts';
import type { BenchOptions } from './fault-bench.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { MovableValkey } from './movable-valkey.ts';
import { SmallDisk } from './small-disk.ts';

/** What only some rows need. */
export interface SpecialServers {
  readonly cluster: KafkaCluster | undefined;
  /** Kafka's. */
  readonly disk: SmallDisk | undefined;
  readonly valkey: MovableValkey | undefined;
  readonly issuer: BreakableIssuer | undefined;
}

/** To be called before the servers are started in this state directory. */
export async function specialServers(
  { brokers, kafkaDiskMb, movesClock, breaksIssuer }: BenchOptions,
  stateDir: string,
  cleanUp: CleanUp,
): Promise<SpecialServers> {
  return {
    cluster: brokers && cleanUp.add(await KafkaCluster.start(), (started) => started.remove()),
    disk: kafkaDiskMb === undefined ? undefined : await kafkaDisk(kafkaDiskMb, stateDir, cleanUp),
    valkey: movesClock
      ? cleanUp.add(await MovableValkey.start(), (started) => started.remove())
      : undefined,
    issuer: breaksIssuer
      ? cleanUp.add(await BreakableIssuer.start(), (started) => started.close())
      : undefined,
  };
}

async function kafkaDisk(
  megabytes: number,
  stateDir: string,
  cleanUp: CleanUp,
): Promise<SmallDisk> {
  const disk = cleanUp.add(await SmallDisk.mount(megabytes), (mounted) => mounted.remove());
  // Not mounted there: the directory is removed together with what it leads to by its owner.
  await symlink(disk.path, statePaths(stateDir).kafka);
  return disk;
}
