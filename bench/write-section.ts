import { readFile, writeFile } from 'node:fs/promises';

/**
 * Puts a text between the marks `<!-- name -->` and `<!-- /name -->` of a document.
 *
 * @throws Error when the document has no such marks
 */
export async function writeSection(file: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const document = await readFile(file, 'utf8');
  const [first, last] = [document.indexOf(begin), document.indexOf(end)];
  if (first < 0 || last < first) throw new Error(`${file} has no place for ${name}`);
  const before = document.slice(0, first + begin.length);
  await writeFile(file, `${before}\n\n${text.trim()}\n\n${document.slice(last)}`);
}
