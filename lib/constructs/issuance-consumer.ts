import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import type { CouponFunction } from './coupon-function.ts';
import { GROUP, TOPIC, type IssuanceStream } from './issuance-stream.ts';

export interface IssuanceConsumerProps {
  readonly environment: Environment;
  readonly recorder: CouponFunction;
  readonly stream: IssuanceStream;
}

/**
 * Hands the topic's records to the function that stores them, at least once, in order, for ever: no
 * destination for failures, since one would move the offset past what a rebuild of a gate counts.
 */
export class IssuanceConsumer extends Construct {
  readonly mapping: EventSourceMapping;

  constructor(
    scope: Construct,
    id: string,
    { environment, recorder, stream }: IssuanceConsumerProps,
  ) {
    super(scope, id);
    const { batchSize, batchWindowSeconds, pollers } = environment.record;
    stream.letConsume(recorder);
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: recorder.lambda,
      eventSourceArn: stream.clusterArn,
      kafkaTopic: TOPIC,
      kafkaConsumerGroupId: GROUP,
      // Whatever was accepted before it existed is recorded too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize,
      maxBatchingWindow: Duration.seconds(batchWindowSeconds),
      ...(pollers && {
        provisionedPollerConfig: {
          minimumPollers: pollers.minimum,
          maximumPollers: pollers.maximum,
        },
        // Only pollers of one's own know them.
        retryAttempts: -1,
        bisectBatchOnError: true,
        metricsConfig: {
          metrics: [MetricType.EVENT_COUNT, MetricType.ERROR_COUNT, MetricType.KAFKA_METRICS],
        },
      }),
    });
    this.mapping.node.addDependency(stream.topic);
    // It tries to connect as soon as it is made, in the name of this role.
    this.mapping.node.addDependency(recorder.lambda.role ?? recorder.lambda);
  }
}
