// `npm run screenshots`: every page with its empty, full and error states, at 390 × 844 and 1440 × 900, light and dark, as
// artifacts/screens/*.png, and index.html beside them as contact sheet. Arguments go to Playwright: -g wallet.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { buildIfNeeded } from './build.mjs'
import { requireNode } from './require-node.mjs'

const SCREENS = 'artifacts/screens'
const VARIANTS = ['desktop-light', 'desktop-dark', 'phone-light', 'phone-dark']

function contactSheet() {
  const names = new Set(
    readdirSync(SCREENS)
      .filter((file) => file.endsWith('.png'))
      .map((file) => file.split('--')[0]),
  )
  const rows = [...names].sort().map((name) => {
    const pictures = VARIANTS.map(
      (variant) =>
        `<a href="${name}--${variant}.png"><img loading="lazy" src="${name}--${variant}.png" alt="${name}, ${variant}"></a>`,
    )
    return `<section id="${name}"><h2><a href="#${name}">${name}</a></h2><div>${pictures.join('')}</div></section>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Countersign: every page</title><style>
body { font: 14px system-ui, sans-serif; margin: 2rem; background: #ddd; color: #111 }
h2 { font-size: 1rem; margin: 2rem 0 0.5rem } h2 a { color: inherit; text-decoration: none }
div { display: flex; gap: 1rem; align-items: flex-start; overflow-x: auto }
img { height: 420px; width: auto; background: #fff; border: 1px solid #aaa; object-fit: cover; object-position: top }
</style><h1>Every page: ${names.size}</h1>${rows.join('\n')}</html>\n`
}

if (requireNode()) {
  await buildIfNeeded()
  const scenes = process.argv.slice(2)
  if (scenes.length === 0) rmSync(SCREENS, { recursive: true, force: true })
  mkdirSync(SCREENS, { recursive: true })
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/screens/playwright.config.ts', ...scenes],
    { stdio: 'inherit' },
  )
  writeFileSync(`${SCREENS}/index.html`, contactSheet())
  process.stdout.write(`${SCREENS}/index.html\n`)
  process.exitCode = status ?? 1
}
