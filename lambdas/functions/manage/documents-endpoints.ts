import type { Answer } from '../../http/answer.ts';
import { problem } from '../../http/answer.ts';
import {
  assetName,
  DOCS_POLICY,
  docsHtml,
  PROGRAM_FILE,
  START_FILE,
  STYLE_FILE,
} from '../../http/docs-page.ts';
import type { PublicEndpoint } from '../../http/http-handler.ts';
import type { HttpRequest } from '../../http/http-request.ts';
import { isKnown } from '../../http/if-none-match.ts';
import { isProblemCode, problemPage } from '../../http/problem-page.ts';

/** A file with its gzipped form, and a tag that changes with its content. */
export type ReadFile = () => Promise<{
  readonly content: Uint8Array;
  readonly gzipped: Uint8Array;
  readonly tag: string;
}>;

export interface DocsFiles {
  readonly style: ReadFile;
  readonly program: ReadFile;
  readonly start: ReadFile;
}

/** Deployments change it; a browser asks again soon, and is mostly told that nothing changed. */
const OPENAPI_MAX_AGE_SECONDS = 300;
/** A year, the most that caches take: the name changes with the content. */
const ASSET_MAX_AGE_SECONDS = 31_536_000;

/** `GET /openapi.json` */
export function openApiEndpoint(read: ReadFile): PublicEndpoint {
  return async ({ request }) => {
    const { content, gzipped, tag } = await read();
    const etag = `W/"${tag}"`;
    const headers = {
      etag,
      'cache-control': `public, max-age=${OPENAPI_MAX_AGE_SECONDS}`,
      vary: 'Accept-Encoding',
    };
    if (isKnown(request, etag)) return { kind: 'empty', status: 304, headers };
    const contentType = 'application/json';
    return takesGzip(request)
      ? gzippedDocument(contentType, gzipped, headers)
      : { kind: 'document', contentType, content, headers };
  };
}

/** `GET /docs`: the API, to be read and tried. */
export function docsEndpoint(files: DocsFiles): PublicEndpoint {
  return async () => {
    const names = new Map((await assetsOf(files)).map(({ file, name }) => [file, name]));
    return {
      kind: 'document',
      contentType: 'text/html; charset=utf-8',
      content: docsHtml((file) => names.get(file) ?? file),
      headers: {
        'cache-control': 'no-cache',
        'content-security-policy': DOCS_POLICY,
        'referrer-policy': 'no-referrer',
      },
    };
  };
}

/** `GET /docs/{asset}` */
export function docsAssetEndpoint(files: DocsFiles): PublicEndpoint {
  return async ({ parameters }) => {
    const assets = await assetsOf(files);
    const asset = assets.find(({ name }) => name === parameters['asset']);
    if (asset === undefined) return problem('not_found');
    // Always: every browser takes it, and the load balancer takes no reply as large as the script.
    return gzippedDocument(asset.contentType, asset.gzipped, {
      'cache-control': `public, max-age=${ASSET_MAX_AGE_SECONDS}, immutable`,
    });
  };
}

/** `GET /problems/{code}?lang=`: what a problem means, and what to do. */
export function problemEndpoint(): PublicEndpoint {
  return ({ request, parameters }) => {
    const { code = '' } = parameters;
    if (!isProblemCode(code)) return Promise.resolve(problem('not_found'));
    const [wish] = request.query('lang');
    const language = wish === 'en' || wish === 'ko' ? wish : request.language;
    return Promise.resolve(problemPage(code, language));
  };
}

interface Asset {
  readonly file: string;
  readonly name: string;
  readonly contentType: string;
  readonly gzipped: Uint8Array;
}

async function assetsOf({ style, program, start }: DocsFiles): Promise<Asset[]> {
  const script = 'text/javascript; charset=utf-8';
  return Promise.all([
    assetOf(STYLE_FILE, 'text/css; charset=utf-8', style),
    assetOf(PROGRAM_FILE, script, program),
    assetOf(START_FILE, script, start),
  ]);
}

async function assetOf(file: string, contentType: string, read: ReadFile): Promise<Asset> {
  const { gzipped, tag } = await read();
  return { file, name: assetName(tag, file), contentType, gzipped };
}

function gzippedDocument(
  contentType: string,
  content: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Answer {
  return {
    kind: 'document',
    contentType,
    content,
    headers: { ...headers, 'content-encoding': 'gzip' },
  };
}

/** Not `gzip;q=0`, which refuses it. */
function takesGzip(request: HttpRequest): boolean {
  return request
    .headers('accept-encoding')
    .flatMap((value) => value.toLowerCase().split(','))
    .some((coding) => /^\s*(?:gzip|x-gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(coding));
}
