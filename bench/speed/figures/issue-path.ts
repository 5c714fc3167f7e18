import { pauseRecording } from '../../../local/recording.ts';
import { median } from '../../numbers.ts';
import { claimRequests, type BenchStack } from '../bench-stack.ts';
import type { ClosedLoopResult } from '../closed-loop/job.ts';
import { closedLoop, expectAll } from '../closed-loop/run.ts';
import type { Figure } from '../figure.ts';
import type { Floor } from '../floor/floor.ts';
import type { Plan } from '../plan.ts';
import { valkeyBytes } from './memory.ts';

const BAR = { atLeast: 0.7 };

/** One pair of runs, one right after the other on the same servers. Claims a second. */
export interface Round {
  readonly floor: number;
  readonly path: number;
  /** What its claims have added to Valkey's data. */
  readonly valkeyBytes: number;
}

/** Claims as fast as they are answered, at the floor and through the whole issue path. */
export class IssuePath {
  readonly #stack: BenchStack;
  readonly #floor: Floor;
  readonly #tokens: readonly string[];
  readonly #plan: Plan;
  /** Of the issue path: what was claimed by this bench. */
  readonly couponIds: string[] = [];
  #floors = 0;

  constructor(stack: BenchStack, floor: Floor, tokens: readonly string[], plan: Plan) {
    this.#stack = stack;
    this.#floor = floor;
    this.#tokens = tokens;
    this.#plan = plan;
  }

  /**
   * With records waiting in Kafka meanwhile, as at the floor.
   *
   * @throws Error when a claim was answered otherwise than by 202
   */
  async rounds(): Promise<Round[]> {
    const { warmUp, rounds, claims } = this.#plan;
    await pauseRecording(this.#stack.endpoints);
    await this.runFloor(warmUp);
    await this.#runPath(warmUp);
    const all: Round[] = [];
    for (let i = 0; i < rounds; i += 1) {
      const floor = rateOf(await this.runFloor(claims));
      const before = await valkeyBytes(this.#stack);
      const path = rateOf(await this.#runPath(claims));
      all.push({ floor, path, valkeyBytes: (await valkeyBytes(this.#stack)) - before });
    }
    return all;
  }

  async runFloor(claims: number): Promise<ClosedLoopResult> {
    this.#floors += 1;
    const couponId = `floor${String(this.#floors).padStart(7, '0')}`;
    await this.#floor.openGate(couponId, claims);
    return this.#run(this.#floor.api, couponId, claims);
  }

  async #runPath(claims: number): Promise<ClosedLoopResult> {
    const couponId = await this.#stack.operator.createCoupon(claims);
    this.couponIds.push(couponId);
    return this.#run(this.#stack.endpoints.api, couponId, claims);
  }

  async #run(api: string, couponId: string, claims: number): Promise<ClosedLoopResult> {
    const requests = claimRequests(couponId, this.#tokens.slice(0, claims));
    const { connections } = this.#plan;
    const result = await closedLoop(api, requests, connections, this.#stack.folder);
    expectAll(result, claims, 202);
    return result;
  }
}

/** Requests a second. */
export function rateOf({ requests, seconds }: ClosedLoopResult): number {
  return requests / seconds;
}

export function issuePathFigures(rounds: readonly Round[]): Figure[] {
  const ratios = rounds.map(({ floor, path }) => path / floor);
  return [
    { name: 'issue path / floor', value: median(ratios), unit: '', bar: BAR, detail: rounds },
    { name: 'floor', value: median(rounds.map(({ floor }) => floor)), unit: 'claims/s' },
    { name: 'issue path', value: median(rounds.map(({ path }) => path)), unit: 'claims/s' },
  ];
}
