import type { GrantWorkReport } from './work-on-grants.ts';

export interface GrantHandlerDependencies {
  readonly work: () => Promise<GrantWorkReport>;
  readonly logger: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** Works on whatever grants there are; what is left is the next run's. */
export function grantHandler({
  work,
  logger,
}: GrantHandlerDependencies): () => Promise<GrantWorkReport> {
  return async () => {
    const report = await work();
    const { settled, finished, waiting } = report;
    if (settled + finished.length + waiting.length > 0) {
      logger.warn('grants worked on', { settled, finished, waiting });
    }
    return report;
  };
}
