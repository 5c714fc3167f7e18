import type { Mutation } from '../mutation.ts';

const PLAN = 'lambdas/domain/record-plan.ts';
const RECORD = 'lambdas/adapters/postgres/record-ledger.ts';
const SCHEMA = 'db/migrations/0001_ledger.sql';
const LEDGER = 'test/contract/ledger.test.ts';
const CONSTRAINTS = 'test/contract/constraints.test.ts';
const RULES = 'test/domain/rules.test.ts';

export const recordMutations: readonly Mutation[] = [
  {
    name: 'The counter moves by the size of the batch',
    loss: 'Each redelivery counts again: the coupon is full by its counter before it is by its rows, and promised units go to quarantine.',
    file: RECORD,
    find: `countIssued(client, countByCoupon(stored.inserted), coupons)`,
    replace: `countIssued(client, countByCoupon(plan.inserts.map(({ record }) => record)), coupons)`,
    caughtBy: {
      file: LEDGER,
      title: 'a second time without any effect, alone or among new ones',
    },
  },
  {
    name: 'A late record is inserted',
    loss: 'The gate that was built meanwhile has not counted it: one unit too many, or two for one user.',
    file: PLAN,
    find: `    } else if (isLate(entry, record.epoch, couponFences)) late.push(planned);
    else inserts.push(planned);`,
    replace: `    } else inserts.push(planned);`,
    caughtBy: { file: LEDGER, title: 'without the records that are late by a fence' },
  },
  {
    name: 'The fence of a record’s own epoch makes it late',
    loss: 'After a rebuild every new claim is thrown away after its 202.',
    file: 'lambdas/domain/fences.ts',
    find: `if (fence.epoch <= epoch || `,
    replace: `if (fence.epoch < epoch || `,
    caughtBy: {
      file: RULES,
      title: 'makes records of earlier epochs late, at and past its offset',
    },
  },
  {
    name: 'Offsets are compared as text',
    loss: 'Record 9 counts as behind a fence at 10: promised issuances are never stored.',
    file: 'lambdas/domain/fences.ts',
    find: `return BigInt(position.offset) >= BigInt(end);`,
    replace: `return position.offset >= end;`,
    caughtBy: { file: RULES, title: 'counts in numbers, not in letters' },
  },
  {
    name: 'A fence that is stored while a batch is recorded is not noticed',
    loss: 'A late record slips in behind the rebuild that has just counted the rows.',
    file: RECORD,
    find: `quantity AND fence_version = $3`,
    replace: `quantity AND fence_version >= $3`,
    caughtBy: {
      file: CONSTRAINTS,
      title: 'makes the batch decide anew, and what is late by it is not inserted',
    },
  },
  {
    name: 'A quarantined record is inserted when there is room for it',
    loss: 'Its unit was given to somebody else by a new claim: one too many.',
    file: PLAN,
    find: `    if (quarantinedBefore.has(placeOf(entry))) continue;\n`,
    replace: '',
    caughtBy: {
      file: 'test/contract/stored-records.test.ts',
      title: 'stays in quarantine when it is delivered again, though there is stock by then',
    },
  },
  {
    name: 'Any conflict counts as a duplicate',
    loss: 'A record that breaks another rule vanishes without a trace, counted as stored.',
    file: 'lambdas/adapters/postgres/insert-issuances.ts',
    find: `ON CONFLICT (id) DO NOTHING`,
    replace: `ON CONFLICT DO NOTHING`,
    caughtBy: {
      file: LEDGER,
      title: 'and quarantines a second issuance of the same user and ordinal',
    },
  },
  {
    name: 'What does not fit is dropped instead of quarantined',
    loss: 'Units that were promised are gone, and nobody can see that they ever were.',
    file: 'lambdas/adapters/postgres/insert-within-stock.ts',
    find: `      if (!(await exists(client, id))) {
        quarantined.push(refused(planned, 'overflow', 'more records than the coupon has units'));
      }
`,
    replace: '',
    caughtBy: {
      file: LEDGER,
      title: 'up to the quantity, in offset order, and puts the rest into quarantine',
    },
  },
  {
    name: 'Stock that is short goes to records in the order of the batch',
    loss: 'A redelivery in another order decides anew who of two gets the last unit.',
    file: 'lambdas/adapters/postgres/insert-within-stock.ts',
    find: `of inOffsetOrder(inserts)) {`,
    replace: `of inserts) {`,
    caughtBy: {
      file: LEDGER,
      title: 'up to the quantity, in offset order, and puts the rest into quarantine',
    },
  },
  {
    name: 'A batch that the database refused counts as done',
    loss: 'Its offsets are committed: hundreds of promised issuances are never stored.',
    file: 'lambdas/functions/record/handler.ts',
    find: `      throw plainFault(error);\n`,
    replace: '',
    caughtBy: {
      file: 'test/http/record-event.test.ts',
      title: 'a batch fails as a whole when the ledger %s',
    },
  },
  {
    name: 'What PostgreSQL says is thrown out of the record function as it is',
    loss: 'Lambda writes it into the log, with the row that it quotes: a user’s id.',
    file: 'lambdas/functions/record/handler.ts',
    find: `throw plainFault(error);`,
    replace: `throw error;`,
    caughtBy: {
      file: 'test/http/record-event.test.ts',
      title: 'a batch fails as a whole when the ledger %s',
    },
  },
  {
    name: 'An outage of the database counts as the fault of a row',
    loss: 'A database that is slow for a second sends promised issuances to quarantine.',
    file: RECORD,
    find: `throw isRowsFault(error) ? new NeedsCare('a row was refused', { cause: error }) : error;`,
    replace: `throw new NeedsCare('a row was refused', { cause: error });`,
    also: [
      {
        file: 'lambdas/adapters/postgres/insert-within-stock.ts',
        find: `    if (!isRowsFault(error)) throw error;\n`,
        replace: '',
      },
    ],
    caughtBy: {
      file: 'test/contract/stored-records.test.ts',
      title: 'is not quarantined because the database is too slow: the batch fails as a whole',
    },
  },
  {
    name: 'Offsets are committed before the batch is stored',
    loss: 'A process that dies in between loses the batch, and a rebuild counts without it.',
    file: 'local/event-source-mapping/dispatcher.ts',
    find: `    const outcome = await this.#options
      .invoke(this.#event(batch))`,
    replace: `    const all = batch.map((lane) => [lane, lane.taken.length] as const);
    await batch[0]?.source.commit(all.map(nextOffset));
    const outcome = await this.#options
      .invoke(this.#event(batch))`,
    caughtBy: {
      file: 'test/local/event-source-mapping.test.ts',
      title: 'commits only what has succeeded, at once',
    },
  },
  {
    name: 'No notification is written with the row',
    loss: 'Users are not told of what they got, and nothing shows whom to tell.',
    file: 'lambdas/adapters/postgres/tell-of-batch.ts',
    find: `  return [...issued, ...remindersFor(`,
    replace: `  return [...issued.slice(1), ...remindersFor(`,
    caughtBy: {
      file: 'test/contract/notifications-written.test.ts',
      title: 'of each issuance that a batch inserts, once',
    },
  },
  {
    name: 'The record of an erased user brings the name back',
    loss: 'Who was erased a second before the record came is in the table again.',
    file: 'lambdas/adapters/postgres/insert-issuances.ts',
    find: '${IS_ERASED}',
    replace: 'false',
    caughtBy: {
      file: 'test/contract/erasure.test.ts',
      title: 'is not undone by a record that comes later, nor by one that is quarantined',
    },
  },
  {
    name: 'The schema lets a counter pass the quantity',
    loss: 'Nothing behind the code stops an over-issue.',
    file: SCHEMA,
    find: `CHECK (issued <= quantity)`,
    replace: `CHECK (issued >= 0)`,
    caughtBy: { file: CONSTRAINTS, title: 'to count more than the quantity' },
  },
  {
    name: 'The schema lets a user have an ordinal twice',
    loss: 'Nothing behind the code stops a second issuance of one user.',
    file: SCHEMA,
    find: `UNIQUE (coupon_id, user_key, ordinal)`,
    replace: `UNIQUE (coupon_id, user_key, ordinal, id)`,
    caughtBy: { file: CONSTRAINTS, title: 'a second issuance of an ordinal, a code or an id' },
  },
  {
    name: 'The application may delete what was promised',
    loss: 'One wrong statement takes issuances away for good.',
    file: SCHEMA,
    find: `GRANT SELECT, INSERT, UPDATE ON coupons, issuances, quarantine, outbox TO coupon_app;`,
    replace: `GRANT SELECT, INSERT, UPDATE, DELETE ON coupons, issuances, quarantine, outbox TO coupon_app;`,
    caughtBy: {
      file: CONSTRAINTS,
      title: 'the application to delete what was promised, or to change the schema',
    },
  },
];
