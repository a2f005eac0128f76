import { createHash } from 'node:crypto'
import type { RequestInfo } from '@/lib/context/request-info'
import en from '@/messages/en.json'
import it from '@/messages/it.json'
import type { MachineRequest, PlainResponse } from './machine-message'

const WORDS = { en: en.RequestPage, it: it.RequestPage }

/** The product's tokens, for the one page that is not rendered by Next (app/globals.css). */
const STYLE = `
:root{color-scheme:light dark;--canvas:light-dark(oklch(.985 .003 210),oklch(.175 .012 215));--surface:light-dark(#fff,oklch(.21 .014 215));--line:light-dark(oklch(.905 .008 210),oklch(.31 .016 215));--ink:light-dark(oklch(.24 .022 220),oklch(.95 .006 210));--muted:light-dark(oklch(.46 .02 215),oklch(.75 .015 210));--accent:light-dark(oklch(.43 .08 208),oklch(.83 .08 198))}
*{box-sizing:border-box}
body{margin:0;background:var(--canvas);color:var(--ink);font:.875rem/1.5 ui-sans-serif,system-ui,sans-serif;-webkit-font-smoothing:antialiased}
main{max-width:560px;margin:0 auto;padding:14vh 16px 64px;display:flex;flex-direction:column;gap:16px}
.sign{display:flex;width:48px;height:48px;align-items:center;justify-content:center;border:1px solid var(--line);border-radius:8px;background:var(--surface);color:var(--accent)}
h1{margin:0;font-size:1.5rem;line-height:1.25;letter-spacing:-.012em;text-wrap:balance}
p{margin:0;color:var(--muted);max-width:68ch}
code{color:var(--ink);font-family:ui-monospace,Menlo,monospace;font-size:.8125rem;overflow-wrap:anywhere}
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * The page of a request that can neither go on nor go back. It holds nothing of what was asked: whoever made the link
 * chooses no word on it.
 */
export function requestPage(request: MachineRequest, info: RequestInfo, status: 400 | 429 | 500 | 503): PlainResponse {
  const locale = localeOf(request)
  const words = WORDS[locale]
  const kind = status === 400 ? 'refused' : status === 500 ? 'failed' : 'busy'
  const html = `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words[kind].title} · Countersign</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<span class="sign"><svg aria-hidden="true" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M12 9v4m0 4h.01M10.3 3.9 1.8 18a2 2 0 0 0 1.7 3h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z"/></svg></span>
<h1>${words[kind].title}</h1>
<p>${words[kind].body}</p>
<p>${words.requestId}: <code>${info.requestId}</code></p>
</main>
</body>
</html>
`
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'X-Request-Id': info.requestId,
      ...(status === 429 || status === 503 ? { 'Retry-After': status === 429 ? '60' : '2' } : {}),
      ...(info.secure ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
    },
    body: html,
  }
}

/** The language that was chosen in this browser, else the first of ours that it asks for. */
function localeOf(request: MachineRequest): 'en' | 'it' {
  const chosen = /(?:^|;\s*)locale=(en|it)(?:;|$)/.exec(request.headers.get('cookie') ?? '')?.[1]
  const asked = (request.headers.get('accept-language') ?? '').split(',').map((one) => one.trim().slice(0, 2))
  const found = chosen ?? asked.find((one) => one === 'en' || one === 'it')
  return found === 'it' ? 'it' : 'en'
}
