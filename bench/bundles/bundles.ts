import { cp, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { synthesize } from './synthesize.ts';

/** What `cdk deploy` would upload for a function. */
export interface DeployedBundle {
  readonly name: FunctionName;
  /** Holds nothing else, and lies in nobody's reach. */
  readonly folder: string;
  /** Of the code without its source map. */
  readonly bytes: number;
}

interface FunctionResource {
  readonly Type: string;
  readonly Properties: { readonly Code: { readonly S3Key: string } };
}

/**
 * Bundles all functions as they are deployed, and copies each into the folder of its name.
 *
 * @param folder a new one
 */
export async function makeBundles(folder: string): Promise<DeployedBundle[]> {
  const outdir = join(folder, 'cdk.out');
  await synthesize('dev', { outdir, bundles: true, context: { metafile: 'true' } });
  const template = JSON.parse(
    await readFile(join(outdir, 'coupon-dev-service.template.json'), 'utf8'),
  ) as { readonly Resources: Readonly<Record<string, FunctionResource>> };
  const names = Object.keys(functions) as FunctionName[];
  return Promise.all(
    names.map(async (name) => {
      const target = join(folder, name);
      const { S3Key } = codeOf(template.Resources, name);
      await cp(join(outdir, `asset.${S3Key.replace('.zip', '')}`), target, { recursive: true });
      const { size } = await stat(join(target, 'index.mjs'));
      return { name, folder: target, bytes: size };
    }),
  );
}

function codeOf(resources: Readonly<Record<string, FunctionResource>>, name: FunctionName) {
  const pattern = new RegExp(`^${name}Function[0-9A-F]{8}$`);
  const found = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && pattern.test(id),
  );
  if (found === undefined) throw new Error(`the template has no function ${name}`);
  return found[1].Properties.Code;
}

/** esbuild's account of what it put together. */
interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

/** Bytes of each package in a bundle; the code of this repository is under ''. */
export async function contentsOf({ folder }: DeployedBundle): Promise<Map<string, number>> {
  const text = await readFile(join(folder, 'index.meta.json'), 'utf8');
  const { outputs } = JSON.parse(text) as Metafile;
  const code = Object.entries(outputs).find(([file]) => file.endsWith('index.mjs'));
  const bytes = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(code?.[1].inputs ?? {})) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? '';
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  return bytes;
}

/** Where the bundles' files are, which on AWS each function is told by itself. */
export function fileVariables(bundles: readonly DeployedBundle[]): Record<string, string> {
  return Object.fromEntries(
    bundles.flatMap(({ name, folder }) => {
      const { files } = functions[name] as { files?: { variable: string; to: string } };
      return files === undefined ? [] : [[files.variable, join(folder, files.to)] as const];
    }),
  );
}
