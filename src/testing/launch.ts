// How Chromium is launched so that pages have WebGPU, on a machine with a GPU and on one without.

import { existsSync, readdirSync } from 'node:fs'
import { checkOneOf } from '../errors.ts'
import { findBrowser } from './browsers.ts'

/**
 * Which adapter tests run on: `'hardware'`, the machine's GPU; `'software'`, SwiftShader, which computes on the CPU and is the same
 * everywhere; `'auto'`, the GPU where there is one, else software. Where it is left out, the environment's RECURRA_GPU says it, else
 * it is `'auto'`.
 */
export type GpuChoice = 'auto' | 'hardware' | 'software'

export interface LaunchSettings {
  /** Which adapter pages get; by default what RECURRA_GPU says, else `'auto'`. */
  readonly gpu?: GpuChoice | undefined
  /** The browser; by default one that is found (`findBrowser`). */
  readonly executablePath?: string | undefined
  /** Further arguments, behind those for WebGPU. Names in `--enable-features` are joined to theirs. */
  readonly args?: readonly string[] | undefined
}

/** What Playwright's `launch` and Puppeteer's take. */
export interface BrowserLaunch {
  /** The browser's program; undefined for Playwright's own. */
  readonly executablePath: string
  /** Arguments of the command line. */
  readonly args: string[]
  /** Variables of the environment. */
  readonly env: Record<string, string>
}

/** The choice as it is made: of an option, of RECURRA_GPU, or `'auto'`. */
export function gpuChoice(given: GpuChoice | undefined, where: string): GpuChoice {
  const choices = ['auto', 'hardware', 'software'] as const
  if (given !== undefined) return checkOneOf(where, 'gpu', given, choices)
  return checkOneOf(where, 'RECURRA_GPU', process.env.RECURRA_GPU || 'auto', choices)
}

/**
 * What Playwright's `chromium.launch` or Puppeteer's `launch` is given for pages to have WebGPU.
 *
 * @throws {RecurraError} if there is no browser.
 */
export async function webgpuLaunchOptions(settings: LaunchSettings = {}): Promise<BrowserLaunch> {
  const { gpu, executablePath, args = [] } = settings
  const browser = await findBrowser(executablePath)
  return {
    executablePath: browser.executablePath,
    args: joinFeatures([...webgpuArguments(gpu), ...args]),
    env: { ...definedEnvironment(), ...browser.env },
  }
}

/** The arguments alone, for a browser that something else launches. */
export function webgpuArguments(gpu?: GpuChoice): string[] {
  const choice = gpuChoice(gpu, 'webgpuArguments')
  const isSoftware = choice === 'software' || (choice === 'auto' && !mayHaveGpu())
  const onLinux = process.platform === 'linux'
  return [
    // Adapters that Chromium blocks, software ones among them, are there, too.
    '--enable-unsafe-webgpu',
    ...(isSoftware ? ['--use-webgpu-adapter=swiftshader'] : ['--ignore-gpu-blocklist']),
    // Without Vulkan in the whole GPU process, a device is destroyed as soon as a canvas is to show what it draws.
    ...(onLinux ? ['--enable-features=Vulkan'] : []),
    ...(onLinux && isSoftware ? ['--use-vulkan=swiftshader', '--use-angle=swiftshader'] : []),
    // There is no screen.
    ...(onLinux && !isSoftware ? ['--use-angle=vulkan', '--disable-vulkan-surface'] : []),
    // The GPU process may crash more than once, and the page has WebGPU again.
    '--disable-gpu-process-crash-limit',
    '--disable-domain-blocking-for-3d-apis',
    // What a browser asks of the network by itself.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
  ]
}

/** Whether this machine may have a GPU: on Linux by its device files; elsewhere the system has a driver of its own in any case. */
export function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true
  if (['/dev/nvidiactl', '/dev/dxg', '/dev/kgsl-3d0'].some((path) => existsSync(path))) return true
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('render'))
}

const FEATURES = '--enable-features='

/** Chromium reads the last `--enable-features` alone. */
export function joinFeatures(args: readonly string[]): string[] {
  const names = args
    .filter((each) => each.startsWith(FEATURES))
    .flatMap((each) => each.slice(FEATURES.length).split(','))
  const others = args.filter((each) => !each.startsWith(FEATURES))
  return names.length === 0 ? others : [...others, FEATURES + [...new Set(names)].join(',')]
}

const definedEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
