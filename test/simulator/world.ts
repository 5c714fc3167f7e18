import { MemoryGrants } from '../fakes/memory-grants.ts';
import type { GateSnapshot } from '../fakes/memory-gate-state.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { MemoryStockGate } from '../fakes/memory-stock-gate.ts';
import type { RecordedReply } from '../../local/invariants/facts.ts';
import type { Call, Fate } from './simulated-process.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { Topic } from './topic.ts';

export const START = Date.parse('2026-11-27T00:00:00Z');
export const COUPON_ID = 'simulated000';

/** A request that arrives some time. */
export interface LateRequest {
  readonly text: string;
  readonly isReady: () => boolean;
  readonly deliver: () => Promise<unknown>;
}

/** A coupon's row lock, and who holds it. */
export interface Transaction {
  readonly holder: string;
  /** The database rolls it back; its holder learns that at its next statement. */
  readonly abort: () => void;
}

const NOTHING = Promise.resolve();

/** So many microtasks without any news, and every process waits for its next turn. */
const QUIET_TICKS = 24;

const PORT_ERROR = /^(Gate|Ledger|Log|Publish)/;

/** Servers, processes and the network between them; nothing in it happens by itself. */
export class World {
  /** True time, milliseconds since 1970. */
  time = START;
  /** Valkey's clock, less the true time. */
  gateOffset = 0;
  /** Counts what processes did; the scheduler waits until it stands still. */
  activity = 0;
  /** Nothing fails any more, and nobody waits for a turn. */
  isCalm = false;
  isKafkaAway = false;
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly replies: RecordedReply[] = [];
  readonly gate = new MemoryStockGate(() => this.time + this.gateOffset);
  readonly ledger = new MemoryLedger(() => this.time);
  readonly grants = new MemoryGrants(() => this.time, this.ledger);
  readonly topic = new Topic();
  readonly network: LateRequest[] = [];
  readonly locks = new Map<string, Transaction>();
  /** What the replica has heard of. */
  replica: GateSnapshot = new Map();
  /** Of the server that is the primary now, and of its line of replication. */
  primary = { runId: 'A', line: 1 };
  processes: SimulatedProcess[] = [];
  #started = new Map<string, number>();

  constructor() {
    this.gate.changeServer('A', 'line 1');
  }

  say(sentence: string): void {
    this.trace.push(sentence);
  }

  violation(sentence: string): void {
    this.violations.push(sentence);
  }

  count(kind: string): number {
    return this.processes.reduce((sum, process) => sum + (process.kind === kind ? 1 : 0), 0);
  }

  /** The name with a number from the second one on. */
  nameOf(name: string): string {
    const number = (this.#started.get(name) ?? 0) + 1;
    this.#started.set(name, number);
    return number === 1 ? name : `${name} (${number})`;
  }

  /** Starts a process. What it throws ends it, as a fault ends an invocation. */
  start(
    kind: string,
    name: string,
    run: (process: SimulatedProcess) => Promise<void>,
  ): Promise<void> {
    const process = new SimulatedProcess(this, kind, this.nameOf(name));
    this.processes.push(process);
    return run(process)
      .catch((error: unknown) => {
        if (!(error instanceof Error) || !PORT_ERROR.test(error.name)) {
          this.violation(`${process.name} failed unexpectedly: ${String(error)}`);
        } else this.say(`${process.name} ends: ${error.message}`);
      })
      .then(() => {
        this.#remove(process, 'done');
      });
  }

  kill(process: SimulatedProcess): void {
    this.say(`${process.name} is killed`);
    this.#remove(process, 'dead');
    for (const end of process.onKilled) end();
  }

  #remove(process: SimulatedProcess, state: 'dead' | 'done'): void {
    this.activity += 1;
    process.state = state;
    process.calls = [];
    this.processes = this.processes.filter((other) => other !== process);
  }

  /** Processes that can go on, the oldest first. */
  ready(): SimulatedProcess[] {
    return this.processes.filter(
      ({ state, calls }) => state === 'awake' && calls.some(({ isReady }) => isReady()),
    );
  }

  /** Gives a process one turn. False if it can't go on. */
  async turn(process: SimulatedProcess, fate: Fate, pick = 0): Promise<boolean> {
    if (process.state !== 'awake') return false;
    const ready = process.calls.filter(({ isReady }) => isReady());
    const call: Call | undefined = ready[pick % Math.max(1, ready.length)];
    if (call === undefined) return false;
    process.calls.splice(process.calls.indexOf(call), 1);
    this.time += 1;
    call.go(fate);
    await this.settle();
    return true;
  }

  async deliver(request: LateRequest): Promise<void> {
    this.network.splice(this.network.indexOf(request), 1);
    this.say(`now arrives: ${request.text}`);
    this.time += 1;
    await request.deliver().catch((error: unknown) => {
      this.say(`it comes to nothing: ${String(error)}`);
    });
    await this.settle();
  }

  /** Until every process waits for a turn, or has ended. */
  async settle(): Promise<void> {
    for (let quiet = 0, seen = this.activity; quiet < QUIET_TICKS; quiet += 1) {
      await NOTHING;
      if (this.activity === seen) continue;
      seen = this.activity;
      quiet = 0;
    }
  }
}
