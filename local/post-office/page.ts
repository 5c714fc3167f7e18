import type { Fault } from './faults.ts';
import { DESKS, type Desk, type Message } from './message.ts';

/** Of a list; more is what the filter is for. */
const MOST = 200;

export interface Filter {
  readonly channel?: string | undefined;
  /** Part of a subject, an address, a text, an event or an id. */
  readonly text?: string | undefined;
}

/** What was taken, the newest first; and what is broken on purpose. */
export function listPage(
  messages: readonly Message[],
  faults: Readonly<Record<Desk, Fault>>,
  filter: Filter,
): string {
  const { channel = '', text = '' } = filter;
  const wanted = messages
    .filter((message) => channel === '' || message.channel === channel)
    .filter((message) => contains(message, text.toLowerCase()))
    .toReversed();
  const options = ['', ...DESKS.slice(0, 4)].map(
    (name) =>
      `<option value="${name}"${name === channel ? ' selected' : ''}>${name || 'all channels'}</option>`,
  );
  const broken = DESKS.filter((desk) => faults[desk].mode !== 'none').map(
    (desk) => `<code>${desk}: ${escaped(JSON.stringify(faults[desk]))}</code>`,
  );
  return page(
    'Post office',
    `<form><select name="channel">${options.join('')}</select>
<input name="text" value="${escaped(text)}" placeholder="subject, address, text, id">
<button>Show</button></form>
${broken.length > 0 ? `<p class="broken">Broken on purpose: ${broken.join(' ')}</p>` : ''}
<p>${wanted.length} of ${messages.length} messages${wanted.length > MOST ? `, the newest ${MOST} of them` : ''}</p>
<ol>${wanted.slice(0, MOST).map(listEntry).join('\n')}</ol>`,
  );
}

function listEntry({ number, channel, receivedAt, to, subject }: Message): string {
  return `<li><a href="message/${number}"><b>${channel}</b> <time>${escaped(receivedAt)}</time><br>
<span dir="auto">${escaped(subject)}</span>${to === undefined ? '' : `<br><small>to ${escaped(to)}</small>`}</a></li>`;
}

function contains(message: Message, text: string): boolean {
  if (text === '') return true;
  const { subject, to = '', text: body, event, id } = message;
  return [subject, to, body, event, id].some((part) => part.toLowerCase().includes(text));
}

/** One message, as its reader would see it, and as it came. */
export function messagePage(message: Message): string {
  const { number, channel, receivedAt, id, event, to, subject, text, html, content } = message;
  const rows = Object.entries({ channel, event, notification: id, received: receivedAt, to })
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value ?? '')}</dd>`);
  return page(
    subject,
    `<p><a href="..">All messages</a></p>
<h1 dir="auto">${escaped(subject)}</h1>
<dl>${rows.join('')}</dl>
${html === undefined ? '' : `<iframe sandbox src="${number}/html" title="As HTML"></iframe>`}
<pre dir="auto">${escaped(text)}</pre>
<details><summary>As it came</summary><pre>${escaped(JSON.stringify(content, null, 2))}</pre></details>`,
  );
}

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.4 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.25rem; overflow-wrap: anywhere }
form { display: flex; flex-wrap: wrap; gap: .5rem }
input { flex: 1 1 12rem } input, select, button { font: inherit; padding: .4rem; min-width: 0 }
ol { list-style: none; padding: 0 }
li { border-top: 1px solid #8886; padding: .5rem 0; overflow-wrap: anywhere }
li a { color: inherit; text-decoration: none; display: block }
time, small { opacity: .75; font-size: .85em }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
iframe { width: 100%; height: 18rem; border: 1px solid #8886; background: #fff }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem }
dd { margin: 0; overflow-wrap: anywhere }
.broken { border: 2px solid #c33; padding: .5rem; overflow-wrap: anywhere }
`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body>
${body}
</body></html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
