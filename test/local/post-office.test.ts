import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFile } from 'node:fs/promises';
import { startPostOffice } from '../../local/post-office/server.ts';
import { CleanUp } from '../support/clean-up.ts';
import { notification, PostOfficeBench, SECRETS, userFacts } from '../support/post-office.ts';

const cleanUp = new CleanUp();
let bench: PostOfficeBench;

beforeAll(async () => {
  bench = cleanUp.add(await PostOfficeBench.start(), (started) => started.end());
});

afterAll(() => cleanUp.run());

async function get(path: string): Promise<{ status: number; text: string; policy: string }> {
  const response = await fetch(`${bench.office.url}${path}`);
  const policy = response.headers.get('content-security-policy') ?? '';
  return { status: response.status, text: await response.text(), policy };
}

async function putFaults(body: unknown): Promise<Response> {
  return fetch(`${bench.office.url}/faults`, { method: 'PUT', body: JSON.stringify(body) });
}

const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>';

describe('the post office', () => {
  it('shows what it took, escaped, and by channel or text', async () => {
    const facts = userFacts({ couponName: HOSTILE });
    await bench.send(notification('email', { facts }));
    await bench.send(notification('webhook', { facts }));
    const { text, policy } = await get('/');
    expect(text).toContain('2 of 2 messages');
    expect(text).toContain('name="viewport"');
    expect(text).toContain('to user-1@example.test');
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toMatch(/<script|<img/);
    expect(policy).toContain("default-src 'none'");
    expect((await get('/?channel=email')).text).toContain('1 of 2 messages');
    expect((await get('/?text=SECRET-code')).text).toContain('1 of 2 messages');
    expect((await get('/?text="><script>')).text).not.toContain('<script');
  });

  it('shows an e-mail as its reader sees it, in a frame of its own', async () => {
    const page = await get('/message/1');
    expect(page.text).toContain('<iframe sandbox src="1/html"');
    expect(page.text).not.toMatch(/<script|<img/);
    const mail = await get('/message/1/html');
    expect(mail.text).toContain('SECRET-CODE-1');
    expect(mail.text).not.toMatch(/<script|<img/);
    expect(mail.policy).toContain('sandbox');
    expect((await get('/message/77')).status).toBe(404);
  });

  it('tells programs the same, since a message and of a channel', async () => {
    const messagesOf = async (query: string) =>
      (JSON.parse((await get(`/messages${query}`)).text) as { messages: { number: number }[] })
        .messages;
    expect((await messagesOf('')).map(({ number }) => number)).toEqual([1, 2]);
    expect((await messagesOf('?since=1')).map(({ number }) => number)).toEqual([2]);
    expect(await messagesOf('?channel=slack')).toEqual([]);
    expect((await get('/messages?channel=fax')).status).toBe(400);
    expect((await get('/messages?since=x')).status).toBe(400);
  });

  it('breaks as it is told to, and says so on its page', async () => {
    const faults = { slack: { mode: 'hang' }, email: { mode: 'refuse', share: 0.5 } };
    expect((await putFaults(faults)).status).toBe(200);
    expect(JSON.parse((await get('/faults')).text)).toMatchObject({
      slack: { mode: 'hang', share: 1 },
      email: { mode: 'refuse', share: 0.5 },
      sns: { mode: 'none' },
    });
    expect((await get('/')).text).toContain('Broken on purpose');
    for (const wrong of [{ fax: { mode: 'hang' } }, { slack: { mode: 'odd' } }, [], 'x']) {
      expect((await putFaults(wrong)).status).toBe(400);
    }
    await putFaults({ slack: { mode: 'none' }, email: { mode: 'none' } });
    expect((await get('/')).text).not.toContain('Broken on purpose');
  });

  it('believes no unsigned call, as AWS would not', async () => {
    const { email, sns } = bench.office.addresses;
    for (const url of [`${email}/v2/email/outbound-emails`, sns]) {
      expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(403);
    }
  });

  it('still has everything after a restart, and after a crash in the middle of a line', async () => {
    const before = bench.taken();
    await appendFile(bench.file, '{"number": 3, "half": ');
    const again = await startPostOffice({ port: 0, file: bench.file, secrets: SECRETS });
    expect(again.messages()).toEqual(before);
    await again.close();
  });
});

describe('while Slack hangs, SES refuses half and SNS is down', () => {
  it('each notification is sent in the end, at least once, by those who ask again', async () => {
    await putFaults({
      slack: { mode: 'hang' },
      email: { mode: 'refuse', share: 0.5 },
      sns: { mode: 'down' },
      webhook: { mode: 'cut', share: 0.3 },
    });
    const { senders, channels } = bench.senders();
    const waiting = channels.flatMap((channel) =>
      Array.from({ length: 30 }, () => notification(channel)),
    );
    const ids = waiting.map(({ id, channel }) => `${channel} ${id}`).toSorted();
    for (let round = 0; waiting.length > 0 && round < 20; round += 1) {
      // The servers recover.
      if (round === 3) await putFaults({ slack: { mode: 'none' }, sns: { mode: 'none' } });
      const tried = waiting.splice(0);
      const outcomes = await Promise.all(
        tried.map(async (told) => senders[told.channel]?.send(told, AbortSignal.timeout(1_000))),
      );
      waiting.push(...tried.filter((_, i) => outcomes[i]?.kind === 'failed'));
    }
    expect(waiting).toEqual([]);
    const taken = bench.taken().map(({ id, channel }) => `${channel} ${id}`);
    expect([...new Set(taken)].filter((one) => ids.includes(one)).toSorted()).toEqual(ids);
    // What was taken though its answer was lost came again, by the same id.
    expect(taken.length).toBeGreaterThan(new Set(taken).size);
    expect(bench.faults).toEqual([]);
  });
});
