import { once } from 'node:events';
import net from 'node:net';

/**
 * Two brokers that speak just enough of Kafka's protocol for a producer: a leader can move at
 * the very moment at which one broker has answered and the other has not, which no real cluster
 * can be told to do.
 */
export interface TwoBrokers {
  readonly addresses: readonly string[];
  /** Values that were appended. */
  readonly stored: ReadonlySet<string>;
  /**
   * The next produce request to the second broker is answered late, by NOT_LEADER; by then the
   * first broker leads all partitions.
   */
  moveLeaders(): void;
  close(): Promise<void>;
}

const API = { produce: 0, metadata: 3, apiVersions: 18 } as const;
const NOT_LEADER_FOR_PARTITION = 6;
const PARTITIONS = [0, 1, 2, 3];
/** Long enough that the first broker has answered its part. Milliseconds. */
const LATE_MS = 50;

/**
 * Values in these tests are `<value N>`: found in a record batch without decoding it. Its other
 * bytes, such as a time, may hold a `<` too.
 */
const VALUE = /<value \d+>/g;

export async function twoBrokers(topic: string): Promise<TwoBrokers> {
  const stored = new Set<string>();
  const ports: number[] = [];
  let leaderOf = (partition: number): number => partition % 2;
  let moving = false;

  const metadata = (): Buffer[] => [
    array(ports, (port, i) => [int32(i + 1), text('127.0.0.1'), int32(port), text(null)]),
    text(null),
    int32(1),
    array([topic], (name) => [
      int16(0),
      text(name),
      Buffer.of(0),
      array(PARTITIONS, (id) => {
        const leader = int32(leaderOf(id) + 1);
        return [int16(0), int32(id), leader, array([1], int32), array([1], int32)];
      }),
    ]),
  ];

  const produce = (refused: boolean, partitions: readonly number[]): Buffer[] => [
    array([topic], (name) => [
      text(name),
      array(partitions, (id) => [
        int32(id),
        int16(refused ? NOT_LEADER_FOR_PARTITION : 0),
        int64(0n),
        int64(-1n),
      ]),
    ]),
    int32(0),
  ];

  const answer = (me: number, request: Buffer, reply: (body: Buffer[]) => void): void => {
    const api = request.readInt16BE(0);
    if (api === API.apiVersions) {
      const versions = [
        [API.produce, 3],
        [API.metadata, 2],
        [API.apiVersions, 0],
      ] as const;
      reply([int16(0), array(versions, ([key, max]) => [int16(key), int16(0), int16(max)])]);
    } else if (api === API.metadata) reply(metadata());
    else if (api === API.produce) {
      const refused = moving && me === 1;
      const partitions = PARTITIONS.filter((id) => leaderOf(id) === me);
      if (!refused) for (const value of valuesIn(request)) stored.add(value);
      const respond = (): void => {
        if (refused) leaderOf = () => 0;
        reply(produce(refused, partitions));
      };
      if (refused) setTimeout(respond, LATE_MS);
      else respond();
    }
  };

  const sockets = new Set<net.Socket>();
  const servers = [0, 1].map((me) =>
    net.createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      eachRequest(socket, (request) => {
        answer(me, request, (body) => {
          const correlationId = request.subarray(4, 8);
          const payload = Buffer.concat([correlationId, ...body]);
          socket.write(Buffer.concat([int32(payload.length), payload]));
        });
      });
    }),
  );
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as net.AddressInfo).port);
  }

  return {
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    stored,
    moveLeaders() {
      moving = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => (server.close(), once(server, 'close'))));
    },
  };
}

function valuesIn(request: Buffer): string[] {
  return request.toString('latin1').match(VALUE) ?? [];
}

/** Requests are framed by their length. */
function eachRequest(socket: net.Socket, handle: (request: Buffer) => void): void {
  let buffered = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    buffered = Buffer.concat([buffered, bytes]);
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
      const end = 4 + buffered.readInt32BE(0);
      handle(buffered.subarray(4, end));
      buffered = buffered.subarray(end);
    }
  });
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function text(value: string | null): Buffer {
  if (value === null) return int16(-1);
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

function array<T>(items: readonly T[], write: (item: T, i: number) => Buffer | Buffer[]): Buffer {
  return Buffer.concat([int32(items.length), ...items.flatMap((item, i) => write(item, i))]);
}
