/**
 * Programs of the documents that are for pages run in one: those of TypeScript as a bundler hands them over, HTML as it stands, opened
 * as a file, and under the Content-Security-Policy that docs/deployment.md gives. On the CPU, since `auto` passes a software GPU over.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, type Page } from '@playwright/test'
import { buildPackage } from '../support/buildPackage.ts'
import { type Block, blocks, isForPage, writeFiles } from '../support/documents.ts'
import { test } from './cleanPage.ts'

const FOLDER = 'test/artifacts/docs-pages'
/** Where pages without a bundler have the package from. */
const CDN = 'https://cdn.jsdelivr.net/npm/recurra/dist/recurra.min.js'
const END = "document.body.dataset.state = 'done'\n"

test.beforeAll(() => mkdirSync(FOLDER, { recursive: true }))
test.afterAll(() => rmSync(FOLDER, { recursive: true }))

async function expectDone(page: Page): Promise<string> {
  await expect(page.locator('body')).toHaveAttribute('data-state', 'done')
  return page.locator('body').innerText()
}

/** Opens a page whose one script is a program, which the demo's server compiles. */
async function runProgram(page: Page, { path, file: name, code }: Block, policy?: string): Promise<string> {
  const folder = `${FOLDER}/${basename(path, '.md')}`
  const file = `${folder}/${name}`
  writeFiles(path, folder)
  writeFileSync(file, code + END)
  await page.route('**/program', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: policy === undefined ? {} : { 'Content-Security-Policy': policy },
      body: `<!doctype html><body><script type="module" src="/@fs${process.cwd()}/${file}"></script></body>`,
    }),
  )
  await page.goto('/program')
  return expectDone(page)
}

const programs = blocks.filter((block) => /^(ts|js)$/.test(block.language) && isForPage(block))

for (const program of programs)
  test(program.place, async ({ ownPage: page }) => {
    expect(await runProgram(page, program)).toMatch(/loss \d\.\d+/)
  })

for (const { place, code } of blocks.filter(({ language }) => language === 'html'))
  test(`${place}, opened as a file`, async ({ ownPage: page }) => {
    const file = `${FOLDER}/${place.replaceAll(/\W+/g, '-')}.html`
    writeFileSync(file, code.replace('</script>', `${END}</script>`))
    const { dist, remove } = await buildPackage()
    await page.route(CDN, (route) =>
      route.fulfill({
        path: `${dist}/recurra.min.js`,
        contentType: 'text/javascript',
        headers: { 'Access-Control-Allow-Origin': '*' },
      }),
    )
    await page.goto(pathToFileURL(file).href)
    expect(await expectDone(page)).toMatch(/CPU[\s\S]*loss 0\.\d+/)
    remove()
  })

const [policy = ''] = blocks.flatMap(({ language, code }) =>
  language === 'http' ? code.replace('Content-Security-Policy: ', '').trim() : [],
)
for (const [what, given, says] of [
  ['as it stands', policy, /CPU \(WebAssembly/],
  ["without 'wasm-unsafe-eval'", policy.replace(" 'wasm-unsafe-eval'", ''), /CPU \(JavaScript/],
] as const)
  test(`under the policy of docs/deployment.md, ${what}`, async ({ browser }) => {
    expect(given).toMatch(/^default-src 'none'; script-src 'self'/)
    const page = await browser.newPage()
    const [program] = programs
    if (!program) throw new Error('expected a program for a page, got none')
    const short = { ...program, code: program.code.replace(/epochs: \d+/, 'epochs: 1') }
    expect(await runProgram(page, short, given)).toMatch(says)
    await page.close()
  })
