import { slotOf } from './key-slot.ts';
import type { ValkeyClient, ValkeySettings } from './valkey-client.ts';

/** Which server has which slots. */
interface SlotRange {
  readonly first: number;
  readonly last: number;
  /** `host:port` of its primary. */
  readonly address: string;
}

const REFRESH_PAUSE_MS = 100;

/** By these a server says that the slots are no longer as they were. */
const MOVED = /^(MOVED|ASK|CLUSTERDOWN|TRYAGAIN) /;

/**
 * The servers of a cluster, each with a client by the same rules as a single one: nothing is sent
 * twice, nothing waits in a queue. A redirection is followed by nobody but the next call: that one
 * ran nothing, and by then the slots are known anew. (ioredis' own cluster client sends a command
 * again when its connection was lost, though it may have run.)
 */
export class ValkeyCluster {
  readonly #nodes = new Map<string, ValkeyClient>();
  readonly #connect: (url: string) => ValkeyClient;
  readonly #seed: ValkeyClient;
  readonly #url: URL;
  #ranges: readonly SlotRange[] = [];
  #refreshing: Promise<void> | undefined;
  #closed = false;

  /**
   * @param settings with the URL of the cluster's configuration endpoint
   * @param connect makes a client of one server; it tells the listener of each error reply
   */
  constructor(
    settings: ValkeySettings,
    connect: (url: string, onReply: (error: Error) => void) => ValkeyClient,
  ) {
    this.#url = new URL(settings.url);
    this.#connect = (url) => {
      const client = connect(url, (error) => {
        if (MOVED.test(error.message)) this.#refreshSoon();
      });
      // Another may have taken its place.
      client.on('close', () => {
        this.#refreshSoon();
      });
      client.on('ready', () => {
        this.#refreshSoon();
      });
      return client;
    };
    this.#seed = this.#connect(settings.url);
  }

  /** The client of the server that has this key; undefined while nobody knows. */
  clientFor(key: string): ValkeyClient | undefined {
    const slot = slotOf(key);
    const range = this.#ranges.find(({ first, last }) => first <= slot && slot <= last);
    return range && this.#nodes.get(range.address);
  }

  disconnect(): void {
    this.#closed = true;
    for (const client of [this.#seed, ...this.#nodes.values()]) client.disconnect();
  }

  /** One at a time; a call that finds the slots wrong again asks again. */
  #refreshSoon(): void {
    if (this.#closed || this.#refreshing !== undefined) return;
    this.#refreshing = this.#refresh()
      .catch(() => new Promise<void>((resolve) => setTimeout(resolve, REFRESH_PAUSE_MS)))
      .finally(() => {
        this.#refreshing = undefined;
        // A server that is away is asked again when it, or another, has come back.
        if (this.#ranges.length === 0 && this.#ready() !== undefined) this.#refreshSoon();
      });
  }

  #ready(): ValkeyClient | undefined {
    return [...this.#nodes.values(), this.#seed].find(({ status }) => status === 'ready');
  }

  async #refresh(): Promise<void> {
    const client = this.#ready();
    if (client === undefined) return;
    const reply = (await client.cluster('SLOTS')) as unknown as SlotsReply;
    const asked = client.options.host ?? this.#url.hostname;
    this.#ranges = reply.map(([first, last, [host, port]]) => ({
      first,
      last,
      // A server that does not know its own name means the one that was asked.
      address: `${host === null || host === '' ? asked : host}:${port}`,
    }));
    const addresses = new Set(this.#ranges.map(({ address }) => address));
    for (const [address, node] of this.#nodes) {
      if (addresses.has(address)) continue;
      this.#nodes.delete(address);
      node.disconnect();
    }
    for (const address of addresses) {
      if (!this.#nodes.has(address)) this.#nodes.set(address, this.#connect(this.#urlOf(address)));
    }
  }

  /** With the same user and the same way of connecting. */
  #urlOf(address: string): string {
    const url = new URL(this.#url);
    url.host = address;
    return url.href;
  }
}

/** Of each range the primary comes first. */
type SlotsReply = readonly (readonly [
  first: number,
  last: number,
  primary: readonly [host: string | null, port: number],
])[];
