import type { UnmetCondition } from '../domain/quote.ts';
import type { FailedCondition } from './problems.ts';

export function failedCondition(unmet: UnmetCondition): FailedCondition {
  return { code: unmet.code, detail: { en: `${unmet.code}.`, ko: `${unmet.code}.` } };
}
