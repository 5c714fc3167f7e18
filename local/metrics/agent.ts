import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { readEmfLine } from './emf-line.ts';
import { lineFile } from './line-file.ts';
import { metricsRegistry } from './registry.ts';

export interface MetricsAgentOptions {
  /** Of the page that Prometheus scrapes; 0 picks a free one. */
  readonly port: number;
  /** Each line that came, as CloudWatch would get it. */
  readonly file: string;
  /** Told of lines that make no sense. */
  readonly report: (line: string) => void;
}

export interface MetricsAgent {
  /** `tcp://…`, for AWS_EMF_AGENT_ENDPOINT. */
  readonly endpoint: string;
  /** Of the page that Prometheus scrapes. */
  readonly url: string;
  /** Takes a line from this process. */
  readonly take: (line: string) => void;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/**
 * Stands in for CloudWatch's agent: takes lines of the embedded metric format, and serves what they
 * add up to as Prometheus text.
 */
export async function startMetricsAgent(options: MetricsAgentOptions): Promise<MetricsAgent> {
  const registry = metricsRegistry();
  const file = lineFile(options.file);
  const take = (line: string): void => {
    try {
      for (const metric of readEmfLine(line)) registry.take(metric);
      file.append(line);
    } catch (error) {
      options.report(`metrics: ${String(error)} in ${line.slice(0, 500)}`);
    }
  };

  const sockets = new Set<Socket>();
  const receiver = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A function's process that ends in the middle of a line.
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', take);
  });
  const pages = createHttpServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.text().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const [tcp, http] = await Promise.all([listen(receiver, 0), listen(pages, options.port)]);

  return {
    endpoint: `tcp://${LOOPBACK}:${tcp}`,
    url: `http://${LOOPBACK}:${http}/metrics`,
    take,
    async close() {
      for (const socket of sockets) socket.destroy();
      pages.closeAllConnections();
      await Promise.all([closed(receiver), closed(pages), file.close()]);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
