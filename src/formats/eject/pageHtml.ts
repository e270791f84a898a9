// The HTML of an ejected page. Its own Content-Security-Policy allows its script and its style by their hashes and nothing else:
// no network, no other code.

import { encodeText } from '../../util/text.ts'
import { base64Of } from './base64.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --quiet: light-dark(#5b6573, #9aa4b2);
  --paper: light-dark(#fbfbfc, #14181e); --card: light-dark(#fff, #1c222b); --line: light-dark(#d8dde4, #36404d);
  --accent: light-dark(#1f5fbf, #7fb0ff); --wrong: light-dark(#a3262a, #ff9a98); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 1.75rem 0 .4rem; font-size: 1rem; font-weight: 400; color: var(--quiet); }
h2 strong, label strong { color: var(--ink); font-weight: 600; }
p { margin: .3rem 0 1.5rem; }
.quiet, label { color: var(--quiet); }
.error { color: var(--wrong); overflow-wrap: anywhere; }
label { display: block; margin: 1.25rem 0 .4rem; }
.actions { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 1.25rem 0 0; }
label.inline { margin: 0; }
select { margin-left: .25rem; padding: .45rem .5rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
  color: var(--ink); font: inherit; }
textarea, pre { width: 100%; margin: 0; padding: .75rem .9rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: inherit; font: .875rem/1.55 ui-monospace, monospace; }
textarea { display: block; resize: vertical; white-space: pre; overflow: auto; }
pre { max-height: 26rem; overflow: auto; }
input[type=file] { display: block; margin: .5rem 0 0; max-width: 100%; font: inherit; font-size: .875rem; color: var(--quiet); }
button { padding: .55rem 1.4rem; border: 0; border-radius: 8px; background: var(--accent);
  color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

/** How a policy names an inline text; where a page has no digests, because it came by http, any inline text. */
async function sourceOf(text: string): Promise<string> {
  const digests: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (!digests) return "'unsafe-inline'"
  const hash = await digests.digest('SHA-256', encodeText(text))
  return `'sha256-${base64Of(new Uint8Array(hash))}'`
}

/** @param hasWebAssembly Whether the script compiles some. */
export async function pageHtml(name: string, script: string, hasWebAssembly: boolean): Promise<string> {
  const code = `\n${script}\n`
  const policy = [
    "default-src 'none'",
    `script-src ${await sourceOf(code)}${hasWebAssembly ? " 'wasm-unsafe-eval'" : ''}`,
    `style-src ${await sourceOf(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Recurra">
<title>${escaped(name)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(name)}</h1>
<noscript><p class="error">This page runs its model by JavaScript, which is turned off.</p></noscript>
</main>
<script type="module">${code}</script>
</body>
</html>
`
}
