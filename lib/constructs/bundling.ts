import { LogLevel, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { join } from 'node:path';
import type { BesideTheCode } from '../functions.ts';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

const LEFT_OUT = join(REPOSITORY, 'lambdas', 'adapters', 'aws', 'left-out.ts');

/**
 * How a function's code becomes one file, with what lies beside it.
 *
 * @param metafile also `index.meta.json`, which says what is in it
 */
export function bundling(files: BesideTheCode | undefined, metafile: boolean): BundlingOptions {
  return {
    metafile,
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourceMap: true,
    // A stack trace needs lines, and the sources are in the repository.
    sourcesContent: false,
    // The runtime's own SDK changes without us.
    bundleAwsSDK: true,
    // What no function uses, and what a cold start would have to read all the same.
    define: { 'globalThis.KAFKAJS_WITHOUT_CONSUMER': 'true' },
    esbuildArgs: {
      '--alias:@aws-sdk/credential-provider-node': LEFT_OUT,
      '--alias:@smithy/core/event-streams': LEFT_OUT,
    },
    // CommonJS packages call `require` for Node's modules; packages import `createRequire` too.
    banner:
      "import { createRequire as bundleRequire } from 'node:module';const require = bundleRequire(import.meta.url);",
    logLevel: LogLevel.WARNING,
    commandHooks: copying(files),
  };
}

function copying(files: BesideTheCode | undefined): NonNullable<BundlingOptions['commandHooks']> {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (from, to) => {
      if (files === undefined) return [];
      const target = join(to, files.to);
      const sources = files.paths.map((path) => `'${from}/${path}'`).join(' ');
      return [`mkdir -p '${target}'`, `cp -R ${sources} '${target}'`];
    },
  };
}
