import { z } from 'zod';
import type { Faults } from './faults.ts';
import type { Mailbox } from './mailbox.ts';
import { DESKS, type Arrived, type Reply } from './message.ts';
import { listPage, messagePage } from './page.ts';

/** No script, nothing from elsewhere: what is shown was written by anybody. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
/** Of an e-mail itself: as a mail program shows it. */
const MAIL_HEADERS = {
  ...PAGE_HEADERS,
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
};

/** What looks into the post office, and breaks it: the page, `GET /messages`, `/faults`. */
export class PostOfficeView {
  readonly #mailbox: Mailbox;
  readonly #faults: Faults;

  constructor(mailbox: Mailbox, faults: Faults) {
    this.#mailbox = mailbox;
    this.#faults = faults;
  }

  answer({ method, path, body }: Arrived): Reply {
    const { pathname, searchParams } = new URL(path, 'http://post-office');
    if (pathname === '/faults') return this.#faultsReply(method, body);
    if (method !== 'GET') return json(405, { error: 'GET only' });
    if (pathname === '/messages') return this.#messages(searchParams);
    if (pathname === '/') {
      const { current } = this.#faults;
      const channel = searchParams.get('channel') ?? undefined;
      const text = searchParams.get('text') ?? undefined;
      return html(listPage(this.#mailbox.messages(), current, { channel, text }));
    }
    return this.#message(pathname);
  }

  #messages(parameters: URLSearchParams): Reply {
    const since = Number(parameters.get('since') ?? 0);
    const channel = parameters.get('channel');
    if (!Number.isInteger(since)) return json(400, { error: 'since is the number of a message' });
    if (channel !== null && !DESKS.includes(channel as (typeof DESKS)[number])) {
      return json(400, { error: `channel is one of ${DESKS.join(', ')}` });
    }
    const messages = this.#mailbox.messages({ since, ...(channel === null ? {} : { channel }) });
    return json(200, { messages });
  }

  #faultsReply(method: string, body: string): Reply {
    if (method === 'GET') return json(200, this.#faults.current);
    if (method !== 'PUT') return json(405, { error: 'GET or PUT' });
    try {
      this.#faults.set(JSON.parse(body));
    } catch (error) {
      const text = error instanceof z.ZodError ? z.prettifyError(error) : 'not JSON';
      return json(400, { error: text });
    }
    return json(200, this.#faults.current);
  }

  #message(path: string): Reply {
    const [, number, mail] = /^\/message\/(\d+)(\/html)?$/.exec(path) ?? [];
    const message = this.#mailbox.message(Number(number));
    if (message === undefined) return html('no such message', 404);
    if (mail === undefined) return html(messagePage(message));
    return { status: 200, headers: MAIL_HEADERS, body: message.html ?? '' };
  }
}

function html(body: string, status = 200): Reply {
  return { status, headers: PAGE_HEADERS, body };
}

function json(status: number, body: unknown): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(body)}\n`,
  };
}
