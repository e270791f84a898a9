// Devices for tests, in Node and in a browser, whose errors fail them.

import { fail } from '../errors.ts'
import type { OfGlobal } from '../util/ofGlobal.ts'
import { failOn, problemsOf } from './findings.ts'
import { installWatch, type Watch } from './watch.ts'

/** Whether WebGPU is to come from Dawn: a browser's test, or Deno's, has its own. */
const isNode = (): boolean => globalThis.process?.release?.name === 'node' && !globalThis.navigator?.gpu

/** Makes WebGPU be there, and watches it from now on. */
export async function watchedGpu(): Promise<Watch> {
  if (isNode()) await (await import('./dawn.ts')).installWebGpu()
  installWatch({ marker: null, workerScript: null })
  const watch = globalThis.__gpuWatch__
  return (
    watch ??
    fail('watchedGpu', { expected: 'a global object that can be written', got: 'one that is frozen' })
  )
}

/** What `GPUAdapter.requestDevice` takes, where the program's types have it. */
export type DeviceDescriptor =
  OfGlobal<'GPUAdapter'> extends {
    requestDevice(descriptor?: infer Descriptor): unknown
  }
    ? Descriptor
    : object

/**
 * A device for a test: in Node of Dawn, which is set up if it is not there (`installWebGpu`), in a browser of its own WebGPU. Each call gives a
 * new one.
 *
 * @param descriptor As `GPUAdapter.requestDevice` takes it.
 * @throws {RecurraError} if there is no adapter, or if it has not what the descriptor requires. A test without a device never passes.
 */
export async function requestDevice(descriptor?: DeviceDescriptor): Promise<OfGlobal<'GPUDevice'>> {
  await watchedGpu()
  const adapter = await navigator.gpu?.requestAdapter()
  if (!adapter)
    fail('requestDevice', {
      expected: 'a WebGPU adapter',
      got: globalThis.navigator?.gpu ? 'none' : 'an environment without WebGPU',
      remedy: 'In a browser, launch it with what webgpuLaunchOptions() of recurra/playwright gives.',
    })
  const missing = [...(descriptor?.requiredFeatures ?? [])].filter((name) => !adapter.features.has(name))
  if (missing.length > 0)
    fail('requestDevice', {
      expected: `an adapter with ${missing.join(', ')}`,
      got: `${adapter.info.description || adapter.info.vendor} without`,
      remedy: 'Leave the test to machines that have it, and say so in its name.',
    })
  adapters.add(adapter)
  return adapter.requestDevice(descriptor)
}

/** Dawn needs an adapter for as long as its device is used. */
const adapters = new Set<GPUAdapter>()

/** How many events were looked at. */
let seen = 0

/**
 * What WebGPU reported since the last call: uncaptured errors of every device that anybody requested, and devices that were lost and that nobody
 * destroyed. Waits until errors of what was done so far are there.
 */
export async function gpuProblems(): Promise<string[]> {
  const watch = globalThis.__gpuWatch__
  if (!watch) return []
  await watch.flush()
  const events = watch.events.slice(seen)
  seen = watch.events.length
  return problemsOf({ events, messages: [], support: [] }, {})
}

/** @throws {RecurraError} if there are {@link gpuProblems}. For the end of each test. */
export async function checkGpu(): Promise<void> {
  const remedy = 'Errors that a test expects, it takes with device.pushErrorScope and popErrorScope.'
  failOn(await gpuProblems(), remedy)
}
