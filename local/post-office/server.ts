import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBody } from '../lambda/http-body.ts';
import { emailDesk } from './desks/email.ts';
import { slackDesk } from './desks/slack.ts';
import { snsDesk } from './desks/sns.ts';
import { usersDesk } from './desks/users.ts';
import { webhookDesk } from './desks/webhook.ts';
import { Faults, refusal, type Fault } from './faults.ts';
import { Mailbox } from './mailbox.ts';
import type { Arrived, Desk, Judgement, Message, Reply } from './message.ts';
import { PostOfficeView } from './view.ts';

export interface PostOfficeOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** JSON lines of what was taken. */
  readonly file: string;
  readonly secrets: PostOfficeSecrets;
}

/** What those who write to it must know. */
export interface PostOfficeSecrets {
  /** The path of Slack's webhook, below `/slack`. */
  readonly slackPath: string;
  /** `whsec_<base64>`. */
  readonly webhookSecret: string;
  readonly userServiceToken: string;
}

export interface PostOffice {
  readonly url: string;
  /** Where each desk is. */
  readonly addresses: Readonly<Record<Desk, string>>;
  readonly faults: Faults;
  /** After a number, of a channel: the oldest first. */
  messages(of?: { readonly channel?: string; readonly since?: number }): readonly Message[];
  close(): Promise<void>;
}

/** SNS takes no more. */
const MAX_BODY_BYTES = 512 * 1024;

/**
 * Stands for SES, SNS, Slack, the shop's receiver of webhooks and its user service. It looks at what
 * comes as they would, keeps what it takes, shows it, and fails when it is told to.
 */
export async function startPostOffice(options: PostOfficeOptions): Promise<PostOffice> {
  const mailbox = await Mailbox.open(options.file);
  const faults = new Faults();
  const view = new PostOfficeView(mailbox, faults);
  const { slackPath, webhookSecret, userServiceToken } = options.secrets;
  const desks: readonly (readonly [prefix: string, Desk, (arrived: Arrived) => Judgement])[] = [
    ['/ses', 'email', emailDesk],
    ['/sns', 'sns', snsDesk],
    ['/slack', 'slack', slackDesk(slackPath)],
    ['/shop/webhook', 'webhook', webhookDesk(webhookSecret)],
    ['/shop/users', 'users', usersDesk(userServiceToken)],
  ];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const desk = desks.find(([prefix]) => url === prefix || url.startsWith(`${prefix}/`));
    const fault: Fault = desk === undefined ? { mode: 'none' } : faults.next(desk[1]);
    if (fault.mode === 'down') {
      request.socket.resetAndDestroy();
      return;
    }
    const body = (await readBody(request, MAX_BODY_BYTES))?.toString('utf8');
    if (body === undefined) {
      write(response, { status: 413, headers: { connection: 'close' }, body: '' });
      return;
    }
    const { method = 'GET', headers } = request;
    if (desk === undefined) {
      write(response, view.answer({ method, path: url, headers, body }));
      return;
    }
    const [prefix, name, judge] = desk;
    if (fault.mode === 'hang') return;
    if (fault.mode === 'slow') await sleep(fault.ms, undefined, { ref: false });
    if (fault.mode === 'refuse') {
      write(response, refusal(name, fault));
      return;
    }
    const path = url.slice(prefix.length) || '/';
    const { reply, taken } = judge({ method, path, headers, body });
    if (taken !== undefined) await mailbox.keep(taken);
    if (fault.mode === 'cut') request.socket.resetAndDestroy();
    else write(response, reply);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const url = await listening(server, options.port);
  return {
    url,
    addresses: {
      email: `${url}/ses`,
      sns: `${url}/sns`,
      slack: `${url}/slack${slackPath}`,
      webhook: `${url}/shop/webhook`,
      users: `${url}/shop/users`,
    },
    faults,
    messages: (of) => mailbox.messages(of),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await mailbox.close();
    },
  };
}

async function listening(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function write(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}
