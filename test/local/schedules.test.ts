import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSchedules } from '../../local/schedules.ts';

describe('the schedules', () => {
  it('invoke each of their functions, one at a time each, whatever they throw, until stopped', async () => {
    const runs: string[] = [];
    const running = new Set<string>();
    let overlapped = false;

    const stop = startSchedules(async (name, event) => {
      expect(event).toEqual({});
      runs.push(name);
      if (name !== 'restore') throw new Error('not today');
      overlapped ||= running.has(name);
      running.add(name);
      await sleep(2300);
      running.delete(name);
    });
    await sleep(2500);
    await stop();
    const after = runs.length;
    await sleep(300);

    expect(runs.toSorted()).toEqual(
      ['check', 'grant', 'grant', 'notify', 'notify', 'restore', 'restore', 'sweep'].toSorted(),
    );
    expect(overlapped).toBe(false);
    expect(runs).toHaveLength(after);
  });
});
