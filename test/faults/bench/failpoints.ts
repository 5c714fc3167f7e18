/**
 * Loaded into the stack's processes by `NODE_OPTIONS=--import` (see shots.ts), and into no other:
 * the product knows nothing of it. In a function's environment it watches the bytes that leave and
 * enter through sockets, and at a named point, if a shot is armed for it, the process ends or
 * stops itself. A shot is a file, and renaming it claims it: each hits one process, once. Where a
 * file says so, the process' clock is wrong.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Duplex, Readable } from 'node:stream';

const folder = process.env['COUPON_FAILPOINTS'];
const functionName = process.env['AWS_LAMBDA_FUNCTION_NAME'];

if (folder !== undefined && functionName !== undefined) {
  watchSockets(join(folder, 'armed'), join(folder, 'fired'), functionName);
  shiftClock(join(folder, 'clock'), join(folder, 'fired'));
}

/** The first armed shot of this function at this point, if no other process is quicker. */
function watchSockets(armed: string, fired: string, name: string): void {
  const pass = (point: string): void => {
    for (const shot of readdirSync(armed)) {
      // `<function>,<point>,<signal>,<number>`
      const [ofFunction, atPoint, signal] = shot.split(',');
      if (ofFunction !== name || atPoint !== point) continue;
      try {
        renameSync(join(armed, shot), join(fired, `${shot},${process.pid}`));
      } catch {
        continue;
      }
      process.kill(process.pid, signal);
      return;
    }
  };

  const ports = {
    valkey: portIn(process.env['VALKEY_URL']),
    kafka: portIn(`tcp://${process.env['KAFKA_BROKERS'] ?? ''}`),
    postgres: portIn(process.env['DATABASE_URL']),
  };
  /** Correlation ids of produce requests that were not answered yet. */
  const produced = new WeakMap<net.Socket, Set<number>>();

  const leaving = (socket: net.Socket, bytes: Buffer): void => {
    if (socket.remotePort === ports.kafka && isProduce(bytes)) {
      pass('produce unsent');
      const open = produced.get(socket) ?? new Set();
      produced.set(socket, open.add(bytes.readInt32BE(8)));
    } else if (socket.remotePort === ports.postgres) {
      if (bytes.includes('UPDATE coupons SET issued')) pass('count unsent');
      if (bytes.includes('Q\0\0\0\x0bCOMMIT\0')) pass('COMMIT unsent');
    }
  };
  const entering = (socket: net.Socket, bytes: Buffer): void => {
    if (socket.remotePort === ports.valkey) {
      if (bytes.includes('$8\r\naccepted\r\n')) pass('gate passed');
    } else if (socket.remotePort === ports.postgres) {
      if (bytes.includes('COMMIT\0')) pass('committed');
    } else if (bytes.length >= 8) {
      // A reply that comes in pieces begins with its correlation id all the same.
      if (produced.get(socket)?.delete(bytes.readInt32BE(4)) === true) pass('acknowledged');
    }
  };

  // The sockets' own: whoever binds or replaces `write` still ends here.
  Object.assign(net.Socket.prototype, {
    write(this: net.Socket, ...args: Parameters<net.Socket['write']>): boolean {
      const [bytes] = args;
      leaving(this, Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes));
      return Duplex.prototype.write.apply(this, args as Parameters<Duplex['write']>);
    },
    push(this: net.Socket, ...args: Parameters<Readable['push']>): boolean {
      const bytes: unknown = args[0];
      if (Buffer.isBuffer(bytes)) entering(this, bytes);
      return Readable.prototype.push.apply(this, args);
    },
  });
}

function portIn(url: string | undefined): number {
  return Number(new URL(url ?? 'tcp://none:0').port);
}

/** A request begins with its length (int32) and its API key (int16); 0 is produce. */
function isProduce(bytes: Buffer): boolean {
  return bytes.length >= 12 && bytes.readInt16BE(4) === 0;
}

/** How often the file is looked at, by the clock that is never wrong. Milliseconds. */
const LOOK_MS = 20;

/** The file holds the milliseconds by which the clock is wrong; who has read it says so. */
function shiftClock(file: string, fired: string): void {
  const TrueDate = Date;
  let shift = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const now = (): number => {
    if (performance.now() - lookedAt > LOOK_MS) {
      lookedAt = performance.now();
      try {
        const told = Number(readFileSync(file, 'utf8'));
        if (told !== shift) writeFileSync(join(fired, `clock,${told},${process.pid}`), '');
        shift = told;
      } catch {
        shift = 0;
      }
    }
    return TrueDate.now() + shift;
  };
  globalThis.Date = new Proxy(TrueDate, {
    get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
    construct: (target, args: unknown[], newTarget): Date =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new TrueDate(now()).toString(),
  });
}
