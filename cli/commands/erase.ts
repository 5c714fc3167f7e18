import { jsonOf } from '../api/client.ts';
import { command } from '../command.ts';
import { confirmed } from '../input/confirm.ts';
import { answer } from '../output/print.ts';

export const erase = command({
  name: 'erase',
  summary: 'erases a user: their identity goes, the counts stay true',
  usage: '<userId> [--yes]',
  positionals: [1, 1],
  options: { yes: { type: 'boolean', help: 'do not ask' } },
  notes: [
    'It can not be undone. It asks on the terminal first; without one it needs --yes. An id that',
    'begins with a dash goes behind --.',
  ],
  examples: ['erase alice', 'erase alice --yes'],
  run: async ({ values, positionals: [userId = ''], context, connect }) => {
    const api = await connect();
    if (!values.yes) await confirmed(`Erase the user "${userId}" for good?`, context);
    const reply = await api.ask({ route: 'eraseUser', parameters: { userId } });
    const json = reply.text === '' ? null : jsonOf(reply);
    // Without the name: it is on its way out of every log.
    answer(context, values.json, json, () => [['Erased.']]);
  },
});
