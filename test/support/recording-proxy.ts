import { targetOf, tcpProxy, urlThrough } from './tcp-proxy.ts';

/** Passes connections on to a server, and keeps what clients sent to it. */
export interface RecordingProxy {
  /** The server's URL, but for the port. */
  readonly url: string;
  /** All bytes that clients have sent since the last `forget`, each as one character. */
  sent(): string;
  forget(): void;
  close(): Promise<void>;
}

export async function recordingProxy(serverUrl: string): Promise<RecordingProxy> {
  const sent: Buffer[] = [];
  const proxy = await tcpProxy(targetOf(serverUrl), {
    toServer: (bytes) => {
      sent.push(bytes);
      return true;
    },
  });
  return {
    url: urlThrough(proxy, serverUrl),
    sent: () => Buffer.concat(sent).toString('latin1'),
    forget() {
      sent.length = 0;
    },
    close: () => proxy.close(),
  };
}
