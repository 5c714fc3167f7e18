import { throwPlainly } from '../../domain/fault-words.ts';
import type { Logger } from '../../domain/log-lines.ts';
import type { GrantWorkReport } from './work-on-grants.ts';

export interface GrantHandlerDependencies {
  readonly work: () => Promise<GrantWorkReport>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Works on whatever grants there are; what is left is the next run's. */
export function grantHandler({
  work,
  logger,
}: GrantHandlerDependencies): () => Promise<GrantWorkReport> {
  return async () => {
    const report = await work().catch(throwPlainly);
    const { settled, finished, waiting } = report;
    if (settled + finished.length + waiting.length > 0) {
      logger.warn('grants worked on', { settled, finished, waiting });
    }
    return report;
  };
}
