import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSchedules } from '../../local/schedules.ts';

describe('the schedules', () => {
  it('invoke restore and sweep, one at a time each, whatever they throw, until stopped', async () => {
    const runs: string[] = [];
    let running = 0;
    let overlapped = false;

    const stop = startSchedules(async (name, event) => {
      expect(event).toEqual({});
      runs.push(name);
      if (name === 'sweep') throw new Error('not today');
      overlapped ||= running > 0;
      running++;
      await sleep(2300);
      running--;
    });
    await sleep(2500);
    await stop();
    const after = runs.length;
    await sleep(300);

    expect(runs).toEqual(['restore', 'sweep', 'restore']);
    expect(overlapped).toBe(false);
    expect(runs).toHaveLength(after);
  });
});
