import type { KafkaMessage } from 'kafkajs';
import type { MSKRecord, MSKRecordHeader } from 'aws-lambda';

/** A message as the mapping hands it to the function; null keys and values are left out. */
export type MappedRecord = Omit<MSKRecord, 'key' | 'value'> & {
  readonly key?: string;
  readonly value?: string;
};

export function mappedRecord(
  topic: string,
  partition: number,
  message: KafkaMessage,
): MappedRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType: 'CREATE_TIME',
    ...(message.key === null ? {} : { key: message.key.toString('base64') }),
    ...(message.value === null ? {} : { value: message.value.toString('base64') }),
    headers: headersOf(message),
  };
}

/** About how many bytes of JSON the record takes; never less than it does. */
export function mappedBytes(topic: string, message: KafkaMessage): number {
  let bytes = 200 + topic.length;
  bytes += base64Bytes(message.key) + base64Bytes(message.value);
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    // Each byte of a header is a number of up to three digits and a comma.
    for (const each of [value].flat()) {
      bytes += 6 * name.length + 8 + 4 * Buffer.byteLength(each ?? '');
    }
  }
  return bytes;
}

function base64Bytes(value: Buffer | null): number {
  return value === null ? 0 : Math.ceil(value.length / 3) * 4;
}

/** One entry a header, in order; a value is the list of its bytes. */
function headersOf(message: KafkaMessage): MSKRecordHeader[] {
  const headers: MSKRecordHeader[] = [];
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    for (const each of [value].flat()) {
      // kafkajs' types know no null value; the protocol and kafkajs do.
      const bytes = each as Buffer | string | null | undefined;
      if (bytes !== undefined) headers.push({ [name]: [...Buffer.from(bytes ?? '')] });
    }
  }
  return headers;
}
