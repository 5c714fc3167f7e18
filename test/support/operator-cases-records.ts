import { expect } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { itemsIn, newCoupon, objectIn, type OperatorCase } from './operator-cases.ts';

export const recordCases: readonly OperatorCase[] = [
  {
    title: 'finds an issuance by its id, and says what its state means',
    run: async (world) => {
      const id = await newCoupon(world);
      const issuanceId = await world.claim(id, 'alice');

      const found = await world.coupon(['find', '--issuance', issuanceId]);
      expect(found).toMatchObject({ exitCode: 0 });
      expect(found.stdout).toContain(`${issuanceId}  issued\n`);
      expect(found.stdout).toMatch(/The user has it and can use it until \d{4}-\d\d-\d\d .* UTC\./);
      expect(found.stdout).toContain(`user alice, coupon ${id}, place 1`);
      const asJson = await world.coupon(['find', '--issuance', issuanceId, '--json']);
      expect(objectIn(asJson)).toMatchObject({ id: issuanceId, userId: 'alice' });
      expect(asJson.stdout).not.toContain('"code"');
      expect((await world.coupon(['find', '--issuance', 'nonsense'])).exitCode).toBe(1);
    },
  },
  {
    title: 'finds the issuances of a user, and says why there is none',
    run: async (world) => {
      const id = await newCoupon(world, '--quantity', '1');
      const other = await newCoupon(world);
      const issuanceId = await world.claim(id, 'user+1@example.com');

      const found = await world.coupon(['find', '--user', 'user+1@example.com', '--json']);
      expect(itemsIn(found)).toMatchObject([{ id: issuanceId, couponId: id }]);
      const none = await world.coupon(['find', '--user', 'nobody']);
      expect(none).toMatchObject({ exitCode: 0, stdout: 'nobody has no issuance.\n' });
      const late = await world.coupon(['find', '--user', 'nobody', '--coupon', id]);
      expect(late.stdout).toContain('The coupon is sold out.');
      const early = await world.coupon(['find', '--user', 'nobody', '--coupon', other]);
      expect(early.stdout).toContain('open with 5 left: the user can still claim one.');
    },
  },
  {
    title: 'takes an issuance back, only when it is confirmed',
    run: async (world) => {
      const id = await newCoupon(world);
      const issuanceId = await world.claim(id, 'alice');

      expect((await world.coupon(['revoke', issuanceId])).exitCode).toBe(2);
      const before = await world.coupon(['find', '--issuance', issuanceId, '--json']);
      expect(objectIn(before)).toMatchObject({ state: 'issued' });
      for (const time of ['first', 'again']) {
        const revoked = await world.coupon(['revoke', issuanceId, '--yes']);
        expect({ time, ...revoked }).toMatchObject({ time, exitCode: 0, stderr: '' });
        expect(revoked.stdout).toContain(`${issuanceId}  revoked\n`);
        expect(revoked.stdout).toContain('An operator took it back');
      }
      expect((await world.coupon(['revoke', 'nonsense', '--yes'])).exitCode).toBe(1);
    },
  },
  {
    title: 'rolls a redemption back, after which the issuance can be used or taken back',
    run: async (world) => {
      const id = await newCoupon(world);
      const issuanceId = await world.claim(id, 'bob');
      const redemptionId = await world.redeem(issuanceId);

      const refused = await world.coupon(['revoke', issuanceId, '--yes']);
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
      const rolledBack = await world.coupon(['rollback', '--', redemptionId]);
      expect(rolledBack).toMatchObject({ exitCode: 0, stdout: `Rolled back: ${redemptionId}\n` });
      const found = await world.coupon(['find', '--issuance', issuanceId, '--json']);
      expect(objectIn(found)).toMatchObject({ state: 'issued' });
      expect((await world.coupon(['rollback', 'nonsense'])).exitCode).toBe(1);
    },
  },
  {
    title: 'shows the figures of a coupon',
    run: async (world) => {
      const id = await newCoupon(world, '--quantity', '2');
      for (const user of ['alice', 'bob', 'carol']) await world.claim(id, user);

      const shown = await world.coupon(['stats', id]);
      expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
      expect(shown.stdout).toContain('2 of 2 given (100.0 %), 0 left');
      expect(shown.stdout).toMatch(/accepted 0 {2}issued 2 {2}held 0/);
      expect(shown.stdout).toMatch(/sold_out 1/);
      expect(shown.stdout).toMatch(/gate open/);
      const asJson = await world.coupon(['stats', id, '--json']);
      expect(objectIn(asJson)).toMatchObject({ couponId: id, gate: { given: 2, remaining: 0 } });
    },
  },
  {
    title:
      'exports all issuances of a coupon, to a file for its owner only, which it does not replace',
    run: async (world) => {
      const id = await newCoupon(world, '--quantity', '10');
      const users = Array.from({ length: 7 }, (_, i) => `buyer-${i}`);
      for (const user of users) await world.claim(id, user);

      const out = `${id}.csv`;
      const exported = await world.coupon(['export', id, '--out', out]);
      expect(exported).toMatchObject({ exitCode: 0, stdout: '' });
      expect(exported.stderr).toBe(`7 issuances in ${out}\n`);
      const text = await readFile(join(world.folder, out), 'utf8');
      const lines = text.trimEnd().split(/\r?\n/);
      expect(lines).toHaveLength(8);
      expect(lines.filter((line) => line.startsWith('id,'))).toHaveLength(1);
      for (const user of users) expect(text).toContain(`,${user},`);
      expect((await stat(join(world.folder, out))).mode & 0o777).toBe(0o600);

      expect((await world.coupon(['export', id, '--out', out])).exitCode).toBe(2);
      expect((await world.coupon(['export', id, '--out', out, '--force'])).exitCode).toBe(0);
      const piped = await world.coupon(['export', id, '--out', '-']);
      expect(piped.stdout).toBe(text);
    },
  },
  {
    title: 'leaves no file behind when there is nothing to export',
    run: async (world) => {
      const exported = await world.coupon(['export', 'zzzzzzzzzzzz', '--out', 'none.csv']);

      expect(exported.exitCode).toBe(1);
      expect((await readdir(world.folder)).filter((name) => name.startsWith('none'))).toEqual([]);
    },
  },
  {
    title: 'lists what is in quarantine, and discards it',
    run: async (world) => {
      const entry = await world.poison();

      const listed = await world.coupon(['quarantine', '--all']);
      expect(listed.stdout).toMatch(new RegExp(`^${entry} .* malformed `, 'm'));
      const discarded = await world.coupon(['quarantine', 'discard', entry]);
      expect(discarded).toMatchObject({ exitCode: 0, stdout: `Discarded: ${entry}\n` });
      const left = await world.coupon(['quarantine', '--all', '--json']);
      expect(itemsIn(left).map(({ id }) => id)).not.toContain(entry);
      const gone = await world.coupon(['quarantine', '--discarded', '--all', '--json']);
      expect(itemsIn(gone).map(({ id }) => id)).toContain(entry);
      expect((await world.coupon(['quarantine', 'discard', '999999'])).exitCode).toBe(1);
    },
  },
  {
    title: 'lists who did what with a coupon, the newest first',
    run: async (world) => {
      const id = await newCoupon(world);
      await world.coupon(['pause', id]);

      const listed = await world.coupon(['audit', '--coupon', id]);
      const lines = listed.stdout.trimEnd().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(new RegExp(`UTC {2}operator {2}coupon\\.paused +${id}`));
      expect(lines[0]).toContain('control "active" → "paused"');
      expect(lines[1]).toMatch(/coupon\.created/);
      const asJson = await world.coupon(['audit', '--coupon', id, '--limit', '1', '--json']);
      expect(itemsIn(asJson)).toMatchObject([{ action: 'coupon.paused' }]);
    },
  },
  {
    title: 'erases a user, only when it is confirmed; the counts stay',
    run: async (world) => {
      const id = await newCoupon(world);
      const issuanceId = await world.claim(id, 'forget/me?');

      expect((await world.coupon(['erase', 'forget/me?'])).exitCode).toBe(2);
      const before = await world.coupon(['find', '--issuance', issuanceId]);
      expect(before.stdout).toContain('user forget/me?,');
      const erased = await world.coupon(['erase', 'forget/me?', '--yes']);
      expect(erased).toMatchObject({ exitCode: 0, stdout: 'Erased.\n', stderr: '' });
      const after = await world.coupon(['find', '--issuance', issuanceId]);
      expect(after.stdout).toContain('user (erased),');
    },
  },
];
