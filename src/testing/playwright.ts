/**
 * `recurra/playwright`: tests of pages that use WebGPU, whatever library they use. `test` is Playwright's own with a browser that
 * has an adapter, on machines with a GPU and without, and it fails a test on what WebGPU reports.
 */

import {
  test as base,
  expect as baseExpect,
  type Expect,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test'
import { fail } from '../errors.ts'
import type { Requirements } from './findings.ts'
import { type GpuWatch, watchGpu } from './gpuWatch.ts'
import { type GpuChoice, webgpuLaunchOptions } from './launch.ts'
import { tensorMatchers } from './tensorMatchers.ts'

export type { FitTold } from '../util/testHook.ts'
export { type Browser, findBrowser } from './browsers.ts'
export type { Requirements } from './findings.ts'
export { GpuWatch, type WatchOptions, watchGpu } from './gpuWatch.ts'
export {
  type BrowserLaunch,
  type GpuChoice,
  type LaunchSettings,
  webgpuArguments,
  webgpuLaunchOptions,
} from './launch.ts'
export type { TensorLike, ToleranceOptions } from './tensorClose.ts'
export type { MatcherResult } from './tensorMatchers.ts'
export type { WatchEvent } from './watch.ts'

/** Options of a test, set by `test.use` or under `use` in the configuration. */
export interface GpuTestOptions {
  /** The backend on which all of Recurra's calls in the test must have run, and at least one. */
  requireBackend: Requirements['requireBackend']
  /** Whether some page, or a worker, must have got a WebGPU device, whatever library it uses. False by default. */
  requireDevice: boolean
  /** Which messages of consoles fail the test: `'error'`, the default, or `'warning'`, both. */
  failOn: 'error' | 'warning'
  /** A text or pattern of problems that do not fail the test. A test may add others: `recurra.allow(…)`. */
  allow: string | RegExp | undefined
  /** Where Recurra runs, whatever the page gives to `setBackend`. Left out: where the page says. */
  forceBackend: 'webgpu' | 'cpu' | undefined
  /** What Recurra's random draws start from, whatever the page gives to `setSeed`. */
  forceSeed: number | undefined
}

/** Options of a worker, which has one browser. */
export interface GpuWorkerOptions {
  /** Which adapter pages have: `'auto'`, the default, `'hardware'`, which fails tests on software adapters, or `'software'`. */
  gpu: GpuChoice | undefined
}

export interface GpuFixtures {
  /** What happens on WebGPU in the pages of the test. It is checked when the test ends. */
  recurra: GpuWatch
}

/**
 * Playwright's `test`, with the fixture `recurra`, which every test has without asking for it. Its type is written out, since the compiler
 * would name a package that users have not installed themselves.
 */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & GpuFixtures & GpuTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & GpuWorkerOptions
> = base.extend<GpuFixtures & GpuTestOptions, GpuWorkerOptions>({
  gpu: [undefined, { option: true, scope: 'worker' }],
  requireBackend: [undefined, { option: true }],
  requireDevice: [false, { option: true }],
  failOn: ['error', { option: true }],
  allow: [undefined, { option: true }],
  forceBackend: [undefined, { option: true }],
  forceSeed: [undefined, { option: true }],
  launchOptions: [
    async ({ gpu, browserName, launchOptions: own }, use) => {
      if (browserName !== 'chromium')
        fail('recurra/playwright', {
          expected: "browserName: 'chromium'",
          got: `'${browserName}'`,
          remedy: "Playwright's other browsers have no WebGPU; use its own test for them.",
        })
      const { executablePath, args, env } = await webgpuLaunchOptions({
        gpu,
        executablePath: own.executablePath,
        args: own.args,
      })
      await use({ ...own, executablePath, args, env: { ...env, ...own.env } })
    },
    { scope: 'worker' },
  ],
  recurra: [
    async ({ context, gpu, requireBackend, requireDevice, failOn, allow, forceBackend, forceSeed }, use) => {
      const watch = await watchGpu(context, {
        requireBackend,
        requireDevice,
        requireHardware: gpu === 'hardware',
        failOn,
        allow: allow === undefined ? [] : [allow],
        forceBackend,
        forceSeed,
      })
      await use(watch)
      await watch.check()
    },
    { auto: true },
  ],
})

/** Playwright's `expect`, with `toBeCloseToTensor`. */
export const expect: Expect<typeof tensorMatchers> = baseExpect.extend(tensorMatchers)
