import type { Command } from './command.ts';
import { audit } from './commands/audit.ts';
import { change } from './commands/change.ts';
import { close, pause, resume } from './commands/control.ts';
import { create } from './commands/create.ts';
import { erase } from './commands/erase.ts';
import { exportIssuances } from './commands/export.ts';
import { find } from './commands/find.ts';
import { grant } from './commands/grant.ts';
import { list } from './commands/list.ts';
import { notifications } from './commands/notifications.ts';
import { quarantine } from './commands/quarantine.ts';
import { show } from './commands/show.ts';
import { stats } from './commands/stats.ts';
import { revoke, rollback } from './commands/undo.ts';
import { watch } from './commands/watch.ts';

/** In the order of an event: before it, during it, after it. */
export const commands: readonly Command[] = [
  create,
  list,
  show,
  change,
  watch,
  stats,
  pause,
  resume,
  close,
  find,
  revoke,
  rollback,
  grant,
  exportIssuances,
  quarantine,
  notifications,
  audit,
  erase,
];
