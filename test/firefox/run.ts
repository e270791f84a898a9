/**
 * The package in a page in Firefox, on its WebGPU (wgpu): an LSTM and a small model of every class of layer train to the CPU's
 * numbers. Firefox is not installed with the project: where there is none (FIREFOX_PATH, or on the path), or where it has no
 * adapter, this says so and fails.
 *
 *     npm run test:firefox
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process, { env } from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { prepareAdapter } from '../support/adapter.mjs'
import { buildPackage } from '../support/buildPackage.ts'
import type { PageResult } from './page.ts'

const TIMEOUT_MS = 300_000
const PREFERENCES = {
  'dom.webgpu.enabled': true,
  // Software adapters are on the list.
  'gfx.webgpu.ignore-blocklist': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'app.update.auto': false,
  'browser.aboutwelcome.enabled': false,
}

function findFirefox(): string {
  const candidates = [
    env.FIREFOX_PATH,
    ...(env.PATH ?? '')
      .split(delimiter)
      .flatMap((folder) => ['firefox', 'firefox-esr', 'firefox.exe'].map((name) => join(folder, name))),
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    ...[env.PROGRAMFILES, env['PROGRAMFILES(X86)']].map(
      (folder) => folder && join(folder, 'Mozilla Firefox/firefox.exe'),
    ),
  ]
  const found = candidates.find((path) => path && existsSync(path))
  if (!found) throw new Error('expected Firefox on the path or in FIREFOX_PATH, found none')
  return found
}

/** Serves the page, and resolves `result` when the page has handed it over. */
async function serve(dist: string): Promise<{ server: ViteDevServer; result: Promise<PageResult> }> {
  const root = fileURLToPath(new URL('.', import.meta.url))
  const { promise, resolve, reject } = resolvers<PageResult>()
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    cacheDir: join(dist, '../vite'),
    resolve: { alias: { recurra: join(dist, 'index.js') } },
    server: { host: '127.0.0.1', fs: { allow: [join(root, '../..')] }, hmr: false, watch: null },
    build: { target: 'es2022' },
    plugins: [
      {
        name: 'recurra:result',
        configureServer({ middlewares }) {
          middlewares.use('/result', (request, response) => {
            text(request)
              .then((body) => resolve(JSON.parse(body)))
              .catch(reject)
            response.end()
          })
        },
      },
    ],
  })
  await server.listen(0)
  return { server, result: promise }
}

function resolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

/** Opens Firefox at an address with a profile of its own; rejects where it ends by itself. */
async function open(address: string, variables: Readonly<Record<string, string>>) {
  const profile = mkdtempSync(join(tmpdir(), 'recurra-firefox-'))
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  writeFileSync(join(profile, 'user.js'), lines.join('\n'))
  const firefox = spawn(findFirefox(), ['--headless', '--no-remote', '--profile', profile, address], {
    stdio: 'ignore',
    env: { ...env, ...variables },
  })
  const ended = new Promise<void>((resolve) => firefox.once('close', () => resolve()))
  const failed = new Promise<never>((_, reject) => {
    firefox.once('error', reject)
    firefox.once('close', (code) => reject(new Error(`Firefox ended before the page did (${code})`)))
    setTimeout(
      () => reject(new Error(`expected results in ${TIMEOUT_MS / 1000} s, got none`)),
      TIMEOUT_MS,
    ).unref()
  })
  failed.catch(() => {})
  const close = async (): Promise<void> => {
    firefox.kill()
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  return { failed, close }
}

const [{ dist, remove }, adapter] = await Promise.all([buildPackage(), prepareAdapter()])
const { server, result } = await serve(dist)
try {
  const address = server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${server.config.server.port}/`
  const firefox = await open(address, adapter.env)
  try {
    const { engine, adapter: found, tests } = await Promise.race([result, firefox.failed])
    console.log(`${engine}\n${found}`)
    for (const [name, error] of tests)
      console.log(error === null ? `${name} … ok` : `${name} … FAILED\n${error}`)
    const failed = tests.filter(([, error]) => error !== null).length
    console.log(`${tests.length - failed} passed, ${failed} failed`)
    process.exitCode = failed === 0 && tests.length > 0 ? 0 : 1
  } finally {
    await firefox.close()
  }
} finally {
  await server.close()
  remove()
}
