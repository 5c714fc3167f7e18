import type { NotifyReport } from './notify.ts';

export interface NotifyHandlerDependencies {
  readonly notify: () => Promise<NotifyReport>;
  readonly logger: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** Plans and sends whatever is due; what is left is the next run's. */
export function notifyHandler({
  notify,
  logger,
}: NotifyHandlerDependencies): () => Promise<NotifyReport> {
  return async () => {
    const report = await notify();
    // Each of them is listed with its reason; here an operator sees that there is something to see.
    const { parked, again } = report;
    if (parked + again > 0) logger.warn('notifications not sent', { parked, again });
    return report;
  };
}
