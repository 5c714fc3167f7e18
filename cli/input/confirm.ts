import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';
import { NotConfirmed, UsageError } from '../failures.ts';
import { visible } from '../output/text.ts';

/**
 * Asks on the terminal before what can't be undone.
 * @throws UsageError where nobody can be asked: a script has to say `--yes`
 * @throws NotConfirmed for any answer but `y` or `yes`
 */
export async function confirmed(question: string, context: Context): Promise<void> {
  const { stdin, stderr, interrupted } = context;
  if (!stdin.isTerminal || !stderr.isTerminal) {
    throw new UsageError('this can not be undone: without a terminal to ask on, it needs --yes');
  }
  const asking = createInterface({ input: stdin.stream });
  try {
    stderr.write(`${visible(question)} [y/N] `);
    const ended = new Promise<string>((resolve) => {
      asking.once('line', resolve);
      // End of input is no yes.
      asking.once('close', () => {
        resolve('');
      });
      interrupted.addEventListener('abort', () => {
        resolve('');
      });
    });
    if (!/^y(es)?$/i.test((await ended).trim())) throw new NotConfirmed('Nothing was done.');
  } finally {
    asking.close();
  }
}
