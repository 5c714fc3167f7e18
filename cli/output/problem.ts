import type { Problem } from '../api/problem.ts';
import { toned, type Line } from './line.ts';

/** Why it was refused: title, detail, the parts that are wrong, and what to quote to whom can help. */
export function problemLines(problem: Problem): Line[] {
  const { status, title, detail, code, requestId, parts } = problem;
  const isNews = detail !== null && detail !== `${title}.`;
  const reference = [
    ...(code === null ? [] : [`code ${code}`]),
    `status ${status}`,
    ...(requestId === null ? [] : [`request ${requestId}`]),
  ];
  return [
    [toned('bad', title)],
    ...(isNews ? [[`  ${detail}`]] : []),
    ...parts.map((part) => [`  ${part}`]),
    [toned('dim', `  ${reference.join(', ')}`)],
  ];
}
