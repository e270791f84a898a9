// Watches the pages of a Playwright context: what their devices report, what their consoles say, where Recurra ran.

import type { BrowserContext, ConsoleMessage, Route } from '@playwright/test'
import { fail } from '../errors.ts'
import type { FitTold } from '../util/testHook.ts'
import { type Findings, failOn, problemsOf, type Requirements } from './findings.ts'
import { installWatch, type WatchConfig, type WatchEvent } from './watch.ts'

/** What {@link watchGpu} is told. */
export interface WatchOptions extends Requirements {
  /** Where Recurra runs in the pages, whatever they give to `setBackend`. Left out: where they say. */
  readonly forceBackend?: 'webgpu' | 'cpu' | undefined
  /** What Recurra's random draws start from, whatever the pages give to `setSeed`: an integer of at least 0. */
  readonly forceSeed?: number | undefined
}

/** How long something may take, in milliseconds. */
interface Patience {
  /** 30,000 by default. */
  readonly timeout?: number | undefined
}

const MARKER = '__gpuWatch__ '
const PARAMETER = '__gpuWatch__'
const MODULE = '/__gpuWatch__.js'
/** Milliseconds that errors may take to arrive at the end of a test. A device that hangs is not waited for longer. */
const FLUSHING = 5_000
const POLLING = 50

/**
 * Watches all pages of a context, with their frames and their workers. Call it before pages are opened: what is watched is told by a script
 * that runs before those of a page. `recurra/playwright`'s own `test` does this.
 */
export async function watchGpu(context: BrowserContext, options: WatchOptions = {}): Promise<GpuWatch> {
  const { forceBackend: backend, forceSeed: seed } = options
  const config: WatchConfig = { marker: MARKER, workerScript: null, backend, seed }
  const script = `(${installWatch})(${JSON.stringify(config)})`
  const watch = new GpuWatch(context, options)
  await context.addInitScript(installWatch, { ...config, workerScript: script })
  await context.route(
    ({ searchParams }) => searchParams.has(PARAMETER),
    (route) => completeWorker(route, script),
  )
  await context.route(
    ({ pathname }) => pathname === MODULE,
    (route) => route.fulfill({ contentType: 'text/javascript', body: script }),
  )
  return watch
}

/**
 * Gives a worker its script with the watch before it. A module imports both, its own by the address that it has, by which parts of a
 * bundle import it, too: under another it would be there twice.
 */
async function completeWorker(route: Route, script: string): Promise<void> {
  const url = new URL(route.request().url())
  const type = url.searchParams.get(PARAMETER)
  url.searchParams.delete(PARAMETER)
  if (type === 'module') {
    const body = `import '${MODULE}'\nimport ${JSON.stringify(url.href)}\n`
    return route.fulfill({ contentType: 'text/javascript', body })
  }
  const response = await route.fetch({ url: url.href })
  await route.fulfill(response.ok() ? { response, body: `${script};${await response.text()}` } : { response })
}

/** The pages of a context as a test sees them. */
export class GpuWatch {
  readonly #context: BrowserContext
  readonly #options: WatchOptions
  readonly #events: WatchEvent[] = []
  readonly #messages: string[] = []

  /** @internal */
  constructor(context: BrowserContext, options: WatchOptions) {
    this.#context = context
    this.#options = options
    context.on('console', (message) => this.#hear(message))
    context.on('weberror', (error) => this.#messages.push(`uncaught: ${error.error().message}`))
    context.on('page', (page) =>
      page.on('crash', () => this.#messages.push(`the page ${page.url()} crashed`)),
    )
  }

  /** What happened so far, in its order. */
  get events(): readonly WatchEvent[] {
    return this.#events
  }

  /** The adapters of the devices that pages requested, as WebGPU names them: an entry a device. */
  get devices(): readonly string[] {
    return this.#events.flatMap((event) => (event.kind === 'device' ? [event.adapter] : []))
  }

  /** The backends on which Recurra ran. */
  get backends(): readonly ('webgpu' | 'cpu')[] {
    const used = this.#events.flatMap((event) => (event.kind === 'backend' ? [event.backend] : []))
    return [...new Set(used)]
  }

  /**
   * What the newest call of `fit` in any page or worker came to. Waits until one has begun, and until it ends.
   *
   * @throws what `fit` threw; {RecurraError} if it does not begin or end in time.
   */
  lastFit(patience: Patience = {}): Promise<FitTold> {
    return this.#fitAfter(Promise.resolve(Number.NEGATIVE_INFINITY), 'lastFit', patience)
  }

  /** As `lastFit`, of the first call of `fit` that begins after this call: call it first, then click, then await it. */
  nextFit(patience: Patience = {}): Promise<FitTold> {
    return this.#fitAfter(
      this.#newestFit().then((fit) => fit?.began ?? Number.NEGATIVE_INFINITY),
      'nextFit',
      patience,
    )
  }

  /**
   * Crashes the browser's GPU process: every device of every page is lost, with reason `unknown`. Resolves when pages that are open have
   * lost theirs and can have new ones. These losses do not fail the test. For the browsers of Chromium.
   */
  async crashGpu({ timeout = 30_000 }: Patience = {}): Promise<void> {
    const until = Date.now() + timeout
    const browser = this.#context.browser()
    if (!browser)
      fail('crashGpu', {
        expected: "a browser's context",
        got: 'a persistent one',
        remedy: 'Open it with browser.newContext().',
      })
    const realms = this.#realms()
    await Promise.all(realms.map((realm) => ask(realm, () => globalThis.__gpuWatch__?.expectLoss())))
    const session = await browser.newBrowserCDPSession()
    // The call's own answer may be lost with the process.
    await session.send('Browser.crashGpuProcess').catch(() => undefined)
    await session.detach()
    await inTime(
      Promise.all(realms.map((realm) => ask(realm, () => globalThis.__gpuWatch__?.allLost()))),
      until - Date.now(),
      'crashGpu',
      'every device to be lost',
    )
    for (const realm of realms)
      while ((await ask(realm, () => globalThis.__gpuWatch__?.recovers())) === false) {
        if (Date.now() > until)
          fail('crashGpu', {
            expected: `WebGPU to be back within ${timeout} ms`,
            got: 'no device',
            remedy: 'Launch the browser with webgpuLaunchOptions(): Chromium gives up after several crashes.',
          })
        await pause()
      }
  }

  /** Adds a pattern of problems that are no failure of this test. */
  allow(...patterns: readonly (string | RegExp)[]): void {
    this.#allowed.push(...patterns)
  }
  readonly #allowed: (string | RegExp)[] = []

  /** Everything that `check` would complain of. */
  async problems(): Promise<string[]> {
    const realms = this.#realms()
    const flushed = Promise.all(realms.map((realm) => ask(realm, () => globalThis.__gpuWatch__?.flush())))
    await Promise.race([flushed, pause(FLUSHING)])
    const support = await Promise.race([
      Promise.all(realms.map((realm) => ask(realm, () => globalThis.__gpuWatch__?.support))),
      pause(FLUSHING).then(() => []),
    ])
    const findings: Findings = {
      events: this.#events,
      messages: this.#messages,
      support: support.flatMap((each) => each ?? []),
    }
    const { allow = [], ...options } = this.#options
    return problemsOf(findings, { ...options, allow: [...allow, ...this.#allowed] })
  }

  /**
   * Looks at what happened so far.
   *
   * @throws {RecurraError} if a device reported an error or was lost, a console has errors, or what is required is not so.
   */
  async check(): Promise<void> {
    failOn(await this.problems(), 'Problems that the test expects, name in `allow`.')
  }

  #hear(message: ConsoleMessage): void {
    const text = message.text()
    if (text.startsWith(MARKER)) {
      this.#events.push(JSON.parse(text.slice(MARKER.length)))
      return
    }
    const types = this.#options.failOn === 'warning' ? ['error', 'warning'] : ['error']
    if (types.includes(message.type()) && !isIcon(message))
      this.#messages.push(`console.${message.type()}: ${text}${placeOf(message)}`)
  }

  async #newestFit(): Promise<{ readonly began: number; readonly realm: Realm } | null> {
    const found = await Promise.all(
      this.#realms().map(async (realm) => {
        const began = await ask(realm, () => globalThis.__gpuWatch__?.lastFit()?.began)
        return began === undefined ? [] : [{ began, realm }]
      }),
    )
    return found.flat().sort((a, b) => b.began - a.began)[0] ?? null
  }

  async #fitAfter(began: Promise<number>, where: string, { timeout = 30_000 }: Patience): Promise<FitTold> {
    const after = await began
    const until = Date.now() + timeout
    for (;;) {
      const newest = await this.#newestFit()
      if (newest !== null && newest.began > after) {
        const end = ask(newest.realm, endOfFit)
        const told = await inTime(end, until - Date.now(), where, 'the fit to end')
        // Nothing is told by a page that was loaded anew meanwhile: what it trains now is asked for next.
        if (told?.report) return told.report
        if (told?.failure) throw Object.assign(new Error(), told.failure)
      }
      if (Date.now() > until)
        fail(where, {
          expected: `a call of fit within ${timeout} ms`,
          got: 'none',
          remedy: 'Look whether the page reached it, and whether its pages were opened after watchGpu().',
        })
      await pause()
    }
  }

  #realms(): Realm[] {
    return this.#context.pages().flatMap((page) => [...page.frames(), ...page.workers()])
  }
}

/** Where scripts run: a frame of a page, or a worker. */
interface Realm {
  evaluate<T>(question: () => T | Promise<T>): Promise<T>
}

/** The answer of a page or worker; undefined if it went away meanwhile, or is not watched. */
const ask = <T>(realm: Realm, question: () => T | Promise<T>): Promise<T | undefined> =>
  realm.evaluate(question).catch(() => undefined)

/** How the newest fit of a page ended. An error is taken apart, since Playwright would change its text. */
async function endOfFit(): Promise<{ report?: FitTold; failure?: ErrorParts } | undefined> {
  try {
    const report = await globalThis.__gpuWatch__?.lastFit()?.end
    return report && { report }
  } catch (error) {
    const { name, message, stack } = error as Error
    return { failure: { name, message, stack } }
  }
}

interface ErrorParts extends Pick<Error, 'name' | 'message'> {
  readonly stack: string | undefined
}

const pause = (milliseconds = POLLING): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

async function inTime<T>(promise: Promise<T>, timeout: number, where: string, expected: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, Math.max(timeout, 0), 'late')
  })
  try {
    const first = await Promise.race([promise, late])
    return first === 'late' ? fail(where, { expected: `${expected} in time`, got: 'no end' }) : first
  } finally {
    clearTimeout(timer)
    promise.catch(() => undefined)
  }
}

/** Browsers ask every server for an icon. */
const isIcon = (message: ConsoleMessage): boolean => /\/favicon\.ico$/.test(message.location().url)

function placeOf(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location()
  return url ? ` (${url}:${lineNumber + 1})` : ''
}
