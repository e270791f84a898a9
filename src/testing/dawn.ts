// WebGPU in Node for tests: Dawn, of the npm package `webgpu`, on the machine's GPU or on SwiftShader.

import { existsSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { fail } from '../errors.ts'
import { installedBrowsers } from './browsers.ts'
import { type GpuChoice, gpuChoice, mayHaveGpu } from './launch.ts'
import { packagedChromium } from './packagedChromium.ts'

/** The flag of dlopen that keeps a library when it is closed. */
const RTLD_NODELETE = 0x1000
const LOADER = 'libvulkan.so.1'
const DRIVER = 'vk_swiftshader_icd.json'

/**
 * Sets `navigator.gpu` and WebGPU's globals (`GPUBufferUsage` and others) in Node, for programs of any library. Does nothing where they are
 * set. SwiftShader is taken out of the npm package `@sparticuz/chromium`, or of a Chromium that is installed.
 *
 * @param gpu The adapter, as in {@link GpuChoice}. An environment that names a Vulkan driver (VK_DRIVER_FILES) is left as it is.
 * @throws {RecurraError} if there is no adapter.
 */
export async function installWebGpu(gpu?: GpuChoice): Promise<void> {
  if (globalThis.navigator?.gpu) return
  const choice = gpuChoice(gpu, 'installWebGpu')
  const found = await openDawn(choice)
  if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
  Object.defineProperty(navigator, 'gpu', { value: found, configurable: true, enumerable: true })
}

async function openDawn(choice: GpuChoice): Promise<GPU> {
  const hasDriver = Boolean(process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES)
  const tries = [
    ...(choice === 'hardware' || hasDriver || (choice === 'auto' && mayHaveGpu())
      ? [async () => undefined]
      : []),
    ...(choice !== 'hardware' && !hasDriver && process.platform === 'linux' ? [useSwiftShader] : []),
    ...(choice === 'software' && process.platform !== 'linux' ? [async () => undefined] : []),
  ]
  for (const prepare of tries) {
    await prepare()
    const { create, globals } = await loadDawn()
    const gpu = create([])
    if (!(await gpu.requestAdapter({ forceFallbackAdapter: false }))) continue
    Object.assign(globalThis, globals)
    return gpu
  }
  return fail('installWebGpu', { expected: 'an adapter for Dawn', got: 'none', remedy: remedyFor(choice) })
}

async function loadDawn(): Promise<typeof import('webgpu')> {
  try {
    return await import('webgpu')
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return fail('installWebGpu', {
      expected: 'the package webgpu',
      got: reason,
      remedy: 'Run `npm install --save-dev webgpu` (0.6.2 or later).',
    })
  }
}

function remedyFor(choice: GpuChoice): string {
  if (choice === 'hardware')
    return "Look at the GPU's driver (on Linux `vulkaninfo`), or take gpu: 'software' or RECURRA_GPU=software."
  return process.platform === 'linux'
    ? 'Run `npm install --save-dev @sparticuz/chromium` (x64) or `npx playwright install chromium`, whose SwiftShader is then used.'
    : 'This machine has no GPU that Dawn can use.'
}

/**
 * Makes Dawn find SwiftShader. Dawn loads the Vulkan loader by its name, which the dynamic linker looks up where LD_LIBRARY_PATH said
 * when the process started. A library of that name that is loaded already is taken first; so it is loaded here, by its path. It is no
 * module of Node, which complains and closes it, and the flag keeps it.
 */
async function useSwiftShader(): Promise<void> {
  const folder = await findSwiftShader()
  if (folder === null) return
  if (!isMainThread)
    fail('installWebGpu', {
      expected: 'the main thread of a process, whose environment a driver is named in',
      got: 'a worker thread',
      remedy: "Use processes (Vitest: pool: 'forks'), or start Node with `--import recurra/testing/node`.",
    })
  try {
    process.dlopen({ exports: {} }, join(folder, LOADER), constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch (error) {
    if (!/did not self-register/.test(String(error))) throw error
  }
  process.env.VK_DRIVER_FILES = process.env.VK_ICD_FILENAMES = join(folder, DRIVER)
}

/** A folder with a Vulkan loader and SwiftShader; null if there is none. */
async function findSwiftShader(): Promise<string | null> {
  const packaged = await packagedChromium()
  if (packaged) return packaged.folder
  const folders = installedBrowsers().map((path) => dirname(realpathSync(path)))
  return folders.find((folder) => [LOADER, DRIVER].every((name) => existsSync(join(folder, name)))) ?? null
}
