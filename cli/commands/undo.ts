import { jsonOf } from '../api/client.ts';
import { readIssuance } from '../api/issuance.ts';
import { command } from '../command.ts';
import { confirmed } from '../input/confirm.ts';
import { issuanceLines } from '../output/issuance.ts';
import { answer } from '../output/print.ts';
import { visible } from '../output/text.ts';

export const revoke = command({
  name: 'revoke',
  summary: 'takes an issuance back from its user for good',
  usage: '<issuanceId> [--yes]',
  positionals: [1, 1],
  options: { yes: { type: 'boolean', help: 'do not ask' } },
  notes: [
    'What is redeemed has to be rolled back first. The unit is not given to somebody else: raise the',
    'quantity for that (change). It asks on the terminal first; without one it needs --yes.',
  ],
  examples: ['revoke q1w2e3r4t5y6_Zx8K2mQ0r7TnV4bYc1LdPw --yes'],
  run: async ({ values, positionals: [issuanceId = ''], context, connect }) => {
    const api = await connect();
    const parameters = { issuanceId };
    if (!values.yes) {
      const read = readIssuance(jsonOf(await api.ask({ route: 'getIssuance', parameters })));
      const whose = `${visible(read.userId ?? '(erased)')} (${read.state ?? ''})`;
      await confirmed(`Take issuance ${issuanceId} of ${whose} back for good?`, context);
    }
    const json = jsonOf(await api.ask({ route: 'revokeIssuance', parameters }));
    answer(context, values.json, json, () =>
      issuanceLines(readIssuance(json), context.clock.now()),
    );
  },
});

export const rollback = command({
  name: 'rollback',
  summary: 'undoes a redemption: the issuance can be used again, by another order',
  usage: '<redemptionId>',
  positionals: [1, 1],
  options: {},
  notes: [
    '`find --issuance` tells the id of the redemption. The same order can not redeem it again. An id',
    'that begins with a dash goes behind --.',
  ],
  examples: ['rollback w2vT9eQmZ5rK8yUdAb1N0x'],
  run: async ({ values, positionals: [redemptionId = ''], context, connect }) => {
    const api = await connect();
    const json = jsonOf(
      await api.ask({ route: 'rollBackRedemption', parameters: { redemptionId } }),
    );
    answer(context, values.json, json, () => [['Rolled back: ', redemptionId]]);
  },
});
