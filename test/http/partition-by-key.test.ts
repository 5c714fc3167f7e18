import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners, type PartitionMetadata } from 'kafkajs';
import { partitionByKey } from '../../lambdas/adapters/kafka/partition-by-key.ts';

function partitions(count: number): PartitionMetadata[] {
  return Array.from({ length: count }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
}

it('a record goes to the partition that Kafka’s own clients choose for its key', () => {
  const byKafkajs = Partitioners.DefaultPartitioner();
  const anyKey = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String());
  fc.assert(
    fc.property(anyKey, fc.integer({ min: 1, max: 96 }), (key, count) => {
      const args = {
        topic: 'coupon-issuances',
        partitionMetadata: partitions(count),
        message: { key, value: '' },
      };
      expect(partitionByKey(args)).toBe(byKafkajs(args));
    }),
    { numRuns: 5_000, seed: 7 },
  );
});
