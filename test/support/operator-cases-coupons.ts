import { expect } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FLAGS, itemsIn, newCoupon, objectIn, type OperatorCase } from './operator-cases.ts';

export const couponCases: readonly OperatorCase[] = [
  {
    title: 'creates a coupon that is open now, shows it and lists it',
    run: async ({ coupon }) => {
      const created = await coupon([...FLAGS, '--min-order', '30000', '--weekdays', 'sat,sun']);

      expect(created).toMatchObject({ exitCode: 0, stderr: '' });
      expect(created.stdout).toMatch(/^[a-z0-9]{12} {2}Opening day {2}open\n/);
      expect(created.stdout).toContain('5, 0 issued, 5 left');
      expect(created.stdout).toContain('₩5,000 off');
      expect(created.stdout).toContain('orders of at least ₩30,000');
      const id = created.stdout.slice(0, 12);
      const shown = await coupon(['show', id, '--json']);
      expect(objectIn(shown)).toMatchObject({ id, state: 'open', quantity: 5 });
      const listed = await coupon(['list', '--state', 'open', '--all']);
      expect(listed.stdout).toMatch(new RegExp(`^${id} +open +5 +5 .*Opening day$`, 'm'));
    },
  },
  {
    title: 'creates a coupon like another one, with flags over what the file says',
    run: async (world) => {
      const id = await newCoupon(world, '--description', 'the first one');
      const shown = await world.coupon(['show', id, '--json']);
      await writeFile(join(world.folder, 'coupon.json'), shown.stdout);

      const flags = ['--name', '선착순', '--starts', '+1h', '--ends', '+30m', '--json'];
      const fromFile = await world.coupon(['create', '--file', 'coupon.json', ...flags]);
      const fromStdin = await world.coupon(['create', '--file', '-', '--json'], {
        stdin: shown.stdout,
      });

      const copy = objectIn(fromFile);
      expect(copy).toMatchObject({
        name: '선착순',
        description: 'the first one',
        state: 'scheduled',
        quantity: 5,
      });
      expect(copy['id']).not.toBe(id);
      const span =
        Date.parse(String(copy['issueEndsAt'])) - Date.parse(String(copy['issueStartsAt']));
      expect(span).toBe(30 * 60_000);
      expect(objectIn(fromStdin)).toMatchObject({ name: 'Opening day', state: 'open' });
    },
  },
  {
    title: 'says why the API refuses, and ends with 1',
    run: async (world) => {
      const missing = await world.coupon(['show', 'zzzzzzzzzzzz']);
      expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
      expect(missing.stderr).toMatch(/code coupon_not_found, status 404, request \S+/);

      const asJson = await world.coupon(['show', 'zzzzzzzzzzzz', '--json']);
      expect(asJson).toMatchObject({ exitCode: 1, stdout: '' });
      expect(JSON.parse(asJson.stderr)).toMatchObject({ code: 'coupon_not_found' });

      const invalid = await world.coupon([...FLAGS, '--currency', 'won']);
      expect(invalid.exitCode).toBe(1);
      expect(invalid.stderr).toContain('  /discount/currency: ');
      expect(invalid.stderr).toContain('code invalid_request');
    },
  },
  {
    title: 'lists page by page, and all pages at once',
    run: async (world) => {
      const ids = [await newCoupon(world), await newCoupon(world), await newCoupon(world)];

      const first = await world.coupon(['list', '--limit', '2', '--json']);
      expect(itemsIn(first).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
      const cursor = String(objectIn(first)['nextCursor']);
      const second = await world.coupon(['list', '--limit', '1', '--cursor', cursor, '--json']);
      expect(itemsIn(second).map(({ id }) => id)).toEqual([ids[0]]);

      const all = await world.coupon(['list', '--limit', '2', '--all', '--json']);
      expect(itemsIn(all).map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
      expect(objectIn(all)['nextCursor']).toBeNull();
      const forPeople = await world.coupon(['list', '--limit', '1']);
      expect(forPeople.stdout).toMatch(/^more with --cursor \S+, or --all$/m);
    },
  },
  {
    title: 'changes quantity, end and name',
    run: async (world) => {
      const id = await newCoupon(world);
      const flags = ['--quantity', '50', '--ends', '+3h', '--name', 'Longer'];
      const changed = await world.coupon(['change', id, ...flags, '--json']);

      expect(changed).toMatchObject({ exitCode: 0 });
      const { issueEndsAt, ...rest } = objectIn(changed);
      expect(rest).toMatchObject({ quantity: 50, name: 'Longer' });
      const inHours = (Date.parse(String(issueEndsAt)) - Date.now()) / 3_600_000;
      expect(inHours).toBeGreaterThan(2.9);
      expect(inHours).toBeLessThan(3.1);
    },
  },
  {
    title: 'pauses, resumes and closes a coupon, the last only when it is confirmed',
    run: async (world) => {
      const id = await newCoupon(world);

      expect((await world.coupon(['pause', id])).stdout).toBe(`${id}  Opening day  paused\n`);
      expect((await world.coupon(['resume', id])).stdout).toBe(`${id}  Opening day  open\n`);
      const unconfirmed = await world.coupon(['close', id]);
      expect(unconfirmed).toMatchObject({ exitCode: 2, stdout: '' });
      expect(unconfirmed.stderr).toContain('needs --yes');
      expect(objectIn(await world.coupon(['show', id, '--json']))['state']).toBe('open');
      const closed = await world.coupon(['close', id, '--yes']);
      expect(closed.stdout).toBe(`${id}  Opening day  closed\n`);
      const resumed = await world.coupon(['resume', id]);
      expect(resumed.exitCode).toBe(1);
      expect(resumed.stderr).toContain('code invalid_transition');
    },
  },
  {
    title: 'watches a coupon on a line a second, until it is sold out',
    run: async (world) => {
      const id = await newCoupon(world, '--quantity', '2');
      let claimed: Promise<unknown> | undefined;
      const watched = await world.coupon(['watch', id, '--until-end'], {
        onOutput: () => {
          claimed ??= Promise.all([world.claim(id, 'alice'), world.claim(id, 'bob')]);
        },
      });
      await claimed;

      expect(watched).toMatchObject({ exitCode: 0, stderr: '' });
      const lines = watched.stdout.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}open {2}given 0\/2 {2}left 2 /);
      expect(lines.at(-1)).toMatch(/ {2}given 2\/2 {2}left 0 /);
      expect(watched.stdout).not.toContain('\u001b');
    },
  },
  {
    title: 'ends a view by Ctrl-C as if nothing had happened',
    run: async (world) => {
      const id = await newCoupon(world);
      const watched = await world.coupon(['watch', id, '--json'], {
        onOutput: (text, end) => {
          if (text.includes('\n')) end('SIGINT');
        },
      });

      expect(watched).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(watched.stdout.split('\n')[0] ?? '')).toMatchObject({ coupon: { id } });
    },
  },
];
