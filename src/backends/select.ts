// Which backend models run on: chosen once by setBackend, or at the first use.

import { checkOneOf, fail } from '../errors.ts'
import type { Operation } from '../graph/operation.ts'
import type { Backend, BackendInfo } from './backend.ts'
import { createCpuBackend } from './cpu/cpu.ts'
import { failWithoutAdapter, requestDevice } from './webgpu/device.ts'
import { WebGpuBackend } from './webgpu/webgpu.ts'

export interface BackendOptions {
  /** A device of the host page's own; it is not destroyed when the backend changes. */
  readonly device?: GPUDevice
  /**
   * Strategies to take on WebGPU instead of the operations' own choices where they fit, by the operation's name:
   * `{ lstm: 'step' }`. For measurements and tests; `model.plan()` prints what was taken.
   */
  readonly strategies?: Readonly<Record<string, string>>
}

let current: Promise<Backend> | null = null
/** The backend on a device of our own; there is one at most, however often backends are changed. */
let own: WebGpuBackend | null = null

/**
 * Chooses where models run, and says where that is. Models made before go on there, with their weights.
 *
 * @param name `'auto'`, the default, takes WebGPU where an adapter answers and the CPU otherwise.
 * @throws {RecurraError} for `'webgpu'` where no adapter answers; the backend in use then stays.
 */
export async function setBackend(
  name: 'webgpu' | 'cpu' | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendInfo> {
  checkOneOf('setBackend', 'name', name, ['webgpu', 'cpu', 'auto'])
  if (options.device && name === 'cpu') {
    fail('setBackend', { expected: "'webgpu' or 'auto' with a device", got: "'cpu'" })
  }
  const backend = await create(name, options)
  current = Promise.resolve(backend)
  return backend.info
}

/** The backend in use; `'auto'` decides where nobody has. */
export function getBackend(): Promise<Backend> {
  current ??= create('auto', {})
  return current
}

async function create(
  name: 'webgpu' | 'cpu' | 'auto',
  { device, strategies }: BackendOptions,
): Promise<Backend> {
  if (name === 'cpu') return createCpuBackend()
  const choose = strategies && ((op: Operation) => strategies[op.name])
  if (device) return new WebGpuBackend(device, false, choose)
  if (own?.isWorking) return choose ? new WebGpuBackend(own.device, false, choose) : own
  // An adapter that is there but gives no device is no adapter to 'auto'.
  const found = await requestDevice().catch((error: unknown) => {
    if (name === 'webgpu') throw error
    return null
  })
  if (found) {
    own = new WebGpuBackend(found.device, true)
    return choose ? new WebGpuBackend(found.device, false, choose) : own
  }
  return name === 'webgpu' ? failWithoutAdapter() : createCpuBackend()
}
