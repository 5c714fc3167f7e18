import { throwPlainly } from '../../domain/fault-words.ts';
import type { Logger } from '../../domain/log-lines.ts';
import type { NotifyReport } from './notify.ts';

export interface NotifyHandlerDependencies {
  readonly notify: () => Promise<NotifyReport>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Plans and sends whatever is due; what is left is the next run's. */
export function notifyHandler({
  notify,
  logger,
}: NotifyHandlerDependencies): () => Promise<NotifyReport> {
  return async () => {
    const report = await notify().catch(throwPlainly);
    // Each of them is listed with its reason; here an operator sees that there is something to see.
    const { parked, again } = report;
    if (parked + again > 0) logger.warn('notifications not sent', { parked, again });
    return report;
  };
}
