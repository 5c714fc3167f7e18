/** Of a part of the page, at `/docs/{name}`: with its tag in it, it can be kept for ever. */
export function assetName(tag: string, file: string): string {
  return `${tag}-${file}`;
}

export const STYLE_FILE = 'swagger-ui.css';
export const PROGRAM_FILE = 'swagger-ui-bundle.js';
export const START_FILE = 'start.js';

/** A file of its own: the page's policy allows no script within it. */
export const START_SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: true,
  requestSnippetsEnabled: true,
  validatorUrl: null,
});
`;

/**
 * Everything from this address, nothing from another: the token that is typed in stays here.
 * Swagger UI carries its icons as `data:`.
 */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param nameOf a file's name with its tag */
export function docsHtml(nameOf: (file: string) => string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Coupons: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/${nameOf(STYLE_FILE)}">
<script src="/docs/${nameOf(PROGRAM_FILE)}" defer></script>
<script src="/docs/${nameOf(START_FILE)}" defer></script>
</head>
<body>
<div id="docs"></div>
<noscript>The page needs JavaScript. The document that it shows: <a href="/openapi.json">/openapi.json</a></noscript>
</body>
</html>
`;
}
