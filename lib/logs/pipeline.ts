import { FAILED } from '../constructs/log-archive.ts';

export interface PipelineParts {
  readonly region: string;
  readonly roleArn: string;
  readonly queueUrl: string;
  readonly bucket: string;
  /** The domain's, without `https://`. */
  readonly endpoint: string;
}

/**
 * How OpenSearch Ingestion reads objects of lines and indexes each line, as its YAML says it (Data
 * Prepper): an index a day, so that old ones can go; a line it can't index lies in the bucket.
 */
export function pipelineText(parts: PipelineParts): string {
  const { region, roleArn, queueUrl, bucket, endpoint } = parts;
  return `version: "2"
lines:
  source:
    s3:
      notification_type: sqs
      acknowledgments: true
      compression: gzip
      codec:
        newline: {}
      sqs:
        queue_url: "${queueUrl}"
      aws:
        region: "${region}"
        sts_role_arn: "${roleArn}"
  processor:
    - parse_json: {}
  sink:
    - opensearch:
        hosts: ["https://${endpoint}"]
        index: "coupon-%{yyyy.MM.dd}"
        aws:
          region: "${region}"
          sts_role_arn: "${roleArn}"
        dlq:
          s3:
            bucket: "${bucket}"
            key_path_prefix: "${FAILED}"
            region: "${region}"
            sts_role_arn: "${roleArn}"
`;
}
