import { createHash } from 'node:crypto';
import { gateScripts } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import type { ProxiedConnection } from '../../support/tcp-proxy.ts';
import type { Links } from './fault-bench.ts';

/** A request by which the rebuild of a gate takes a step. */
export interface RebuildStep {
  readonly name: string;
  readonly link: keyof Links;
  /** Whether these bytes carry the request, for this coupon. */
  readonly takes: (bytes: Buffer, couponId: string, connection: ProxiedConnection) => boolean;
  /** The process is stopped so long after the reply has passed, instead of before it sees it. */
  readonly afterMs?: number;
}

const OFFSET_FETCH = 9;
const API_KEY_OFFSET = 4;

const beginEpoch: RebuildStep = {
  name: 'begin epoch',
  link: 'postgres',
  takes: (bytes, couponId) => names(bytes, 'SET epoch = epoch + 1', couponId),
};

const marker: RebuildStep = { name: 'marker', ...script('gateBeginBuilding') };

/**
 * Nothing passes the links then: who is stopped here has missed no reply, and goes on when it can.
 */
export const settling: RebuildStep = { ...marker, name: 'settle wait', afterMs: 1_000 };

const fencing = new WeakSet<ProxiedConnection>();

/** The commit of the transaction that stores it. */
const fence: RebuildStep = {
  name: 'fence',
  link: 'postgres',
  takes: (bytes, couponId, connection) => {
    if (names(bytes, 'INSERT INTO coupon_fences', couponId)) fencing.add(connection);
    return fencing.has(connection) && names(bytes, 'COMMIT') && fencing.delete(connection);
  },
};

const drain: RebuildStep = {
  name: 'drain',
  link: 'kafka',
  takes: (bytes) =>
    bytes.length > API_KEY_OFFSET + 2 &&
    bytes.readInt16BE(API_KEY_OFFSET) === OFFSET_FETCH &&
    names(bytes, 'restore'),
};

const load: RebuildStep = { name: 'load chunk', ...script('gateLoad') };

export const open: RebuildStep = { name: 'open', ...script('gateOpen') };

/** In the order in which a rebuild takes them. */
export const rebuildSteps: readonly RebuildStep[] = [
  beginEpoch,
  marker,
  settling,
  fence,
  drain,
  load,
  open,
];

/** A script is called by its digest, the first time on a server by its text. */
function script(name: keyof typeof gateScripts): Pick<RebuildStep, 'link' | 'takes'> {
  const { lua } = gateScripts[name];
  const digest = createHash('sha1').update(lua).digest('hex');
  return {
    link: 'valkey',
    takes: (bytes, couponId) =>
      names(bytes, `{${couponId}}`) && (names(bytes, digest) || names(bytes, lua)),
  };
}

function names(bytes: Buffer, ...texts: readonly string[]): boolean {
  return texts.every((text) => bytes.includes(text));
}
