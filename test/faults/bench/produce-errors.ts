/** Kafka's numbers of the refusals that matter here; `kafka.common.protocol.Errors`. */
export const KAFKA_ERROR = {
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
} as const;

/** Length, then the correlation id. */
const HEADER_BYTES = 8;
/** Base offset, time of the append, start of the log: after each partition's error. Produce v5 to v8. */
const AFTER_ERROR_BYTES = 24;

/**
 * Where the errors of a produce reply (v5 to v7: kafkajs asks for 7) stand, one of each partition.
 * None if the piece is not exactly one whole reply, which small ones always are.
 */
export function produceErrors(reply: Buffer): { readonly at: number; readonly code: number }[] {
  if (reply.length < HEADER_BYTES || reply.readInt32BE(0) + 4 !== reply.length) return [];
  const errors: { at: number; code: number }[] = [];
  let at = HEADER_BYTES;
  const int32 = (): number => {
    at += 4;
    return reply.readInt32BE(at - 4);
  };
  for (let topics = int32(); topics > 0; topics -= 1) {
    at += 2 + reply.readInt16BE(at);
    for (let partitions = int32(); partitions > 0; partitions -= 1) {
      at += 4;
      errors.push({ at, code: reply.readInt16BE(at) });
      at += 2 + AFTER_ERROR_BYTES;
    }
  }
  return errors;
}

/** The broker has appended the records; the reply now says otherwise. Returns of how many partitions. */
export function rewriteErrors(reply: Buffer, code: number): number {
  const errors = produceErrors(reply);
  for (const { at } of errors) reply.writeInt16BE(code, at);
  return errors.length;
}
