import { expect } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { itemsIn, newCoupon, objectIn, type OperatorCase } from './operator-cases.ts';

export const grantCases: readonly OperatorCase[] = [
  {
    title: 'grants a coupon to a list of users, follows it to its end and prints the totals',
    run: async (world) => {
      const id = await newCoupon(world, '--quantity', '3');
      await world.claim(id, 'alice');
      const list = '# our best\r\nalice\r\nbob\r\n\r\nbob\r\n  carol \ndave';
      await writeFile(join(world.folder, 'vips.txt'), list);

      const granted = await world.coupon(['grant', id, '--users', 'vips.txt']);
      expect(granted).toMatchObject({ exitCode: 0 });
      expect(granted.stderr).toContain('4 users (1 repeated line left out)\n');
      expect(granted.stdout).toMatch(/^grant \S+ {2}done$/m);
      expect(granted.stdout).toMatch(/^ {2}accepted +2$/m);
      expect(granted.stdout).toMatch(/^ {2}had one already +1$/m);
      expect(granted.stdout).toMatch(/^ {2}refused: sold_out +1$/m);
      expect(granted.stdout).not.toContain('still to do');
    },
  },
  {
    title: 'begins a grant without waiting, and follows it by its id',
    run: async (world) => {
      const id = await newCoupon(world);
      const begun = await world.coupon(['grant', id, '--users', '-', '--no-wait', '--json'], {
        stdin: 'erin\nfrank\n',
      });

      const [grant] = itemsIn(begun);
      expect(grant).toMatchObject({ couponId: id, total: 2 });
      const job = String(grant?.['id']);
      const followed = await world.coupon(['grant', '--job', job, '--json']);
      expect(objectIn(followed)).toMatchObject({ id: job, state: 'done', accepted: 2, pending: 0 });
      expect((await world.coupon(['grant', '--job', 'nonsense'])).exitCode).toBe(1);
    },
  },
  {
    title: 'goes on with a list under the same key: it is the same grant',
    run: async (world) => {
      const id = await newCoupon(world);
      const args = ['grant', id, '--users', '-', '--idempotency-key', `again-${id}`, '--json'];
      const first = await world.coupon(args, { stdin: 'gina\nhugo\n' });
      const again = await world.coupon(args, { stdin: 'gina\nhugo\n' });

      expect(itemsIn(again)[0]?.['id']).toBe(itemsIn(first)[0]?.['id']);
      expect(objectIn(await world.coupon(['show', id, '--json']))['quantity']).toBe(5);
    },
  },
  {
    title: 'grants a list that is too long for one grant in several',
    run: async (world) => {
      const id = await newCoupon(world, '--quantity', '20000');
      const stdin = Array.from({ length: 10_001 }, (_, i) => `vip-${i}`).join('\n');
      const begun = await world.coupon(['grant', id, '--users', '-', '--no-wait', '--json'], {
        stdin,
      });

      expect(begun.stderr).toBe('10,001 users, in 2 grants\n');
      expect(itemsIn(begun).map(({ total }) => total)).toEqual([10_000, 1]);
    },
  },
];
