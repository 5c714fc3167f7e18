import { arch, cpus, platform, totalmem } from 'node:os';

/** What this is measured on: the load and, for a local stack, all of its servers run on it. */
export function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  const [first] = cpus();
  const kind = first?.model.trim() ?? '';
  return `${cpus().length} × ${kind}, ${gib} GiB, ${platform()} ${arch()}, Node ${process.version}`;
}
