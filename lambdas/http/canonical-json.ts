/**
 * JSON text that equal values share: names of objects in order, no white space. Without recursion,
 * because a body may be tens of thousands of brackets deep.
 *
 * @param root what `JSON.parse` gave; undefined, for no body at all, is the empty text
 */
export function canonicalJson(root: unknown): string {
  if (root === undefined) return '';
  const texts: string[] = [];
  const todo: Part[] = [{ value: root }];
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (typeof part === 'string') texts.push(part);
    else if (typeof part.value !== 'object' || part.value === null) {
      texts.push(JSON.stringify(part.value));
    } else {
      for (const inner of partsOf(part.value).toReversed()) todo.push(inner);
    }
  }
  return texts.join('');
}

/** Text that stands already, or a value that is still to be written. */
type Part = string | { readonly value: unknown };

function partsOf(value: object): Part[] {
  if (Array.isArray(value)) {
    return ['[', ...value.flatMap((item, i): Part[] => [i === 0 ? '' : ',', { value: item }]), ']'];
  }
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = fields.flatMap(([name, field], i): Part[] => [
    `${i === 0 ? '' : ','}${JSON.stringify(name)}:`,
    { value: field },
  ]);
  return ['{', ...parts, '}'];
}
