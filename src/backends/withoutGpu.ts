// Fallbacks if WebGPU has no adapter, fails, or is software. Loaded only then.

import { fail } from '../errors.ts'
import type { Backend, BackendInfo } from './backend.ts'
import { refusal } from './webgpu/hear.ts'

const createCpuBackend = async (): Promise<Backend> => (await import('./cpu/cpu.ts')).createCpuBackend()

/** The CPU backend instead of a software adapter; its description gives the reason. */
export const passOver = (passed: BackendInfo): Promise<Backend> =>
  cpuInstead(`the only adapter of WebGPU is software: ${passed.description}`, passed)

const navigatorGpu = (): GPU | undefined => globalThis.navigator?.gpu

/** If there is no adapter: an error for `'webgpu'`, the CPU backend for `'auto'`. */
export const withoutAdapter = (name: 'webgpu' | 'auto'): Promise<Backend> =>
  name === 'auto'
    ? cpuInstead(navigatorGpu() ? 'no adapter of WebGPU answers' : 'there is no WebGPU (navigator.gpu)', null)
    : failWithoutAdapter()

/** If an adapter or its device fails: an error for `'webgpu'`, the CPU backend for `'auto'`. */
export function withoutDevice(name: 'webgpu' | 'auto', cause: unknown): Promise<Backend> {
  const remedy = 'Close other pages that use the GPU and try again'
  const failure = refusal('WebGPU', 'an adapter and a device', { kind: 'failed', cause }, remedy)
  if (name === 'webgpu') throw failure
  return cpuInstead(failure.message, null)
}

async function cpuInstead(reason: string, passed: BackendInfo | null): Promise<Backend> {
  const backend = await createCpuBackend()
  const description = `${backend.info.description}; ${reason}`
  const info = { ...backend.info, description, adapter: passed?.adapter ?? null, passedOver: reason }
  return { ...backend, info }
}

/** The error for `'webgpu'` without an adapter. */
function failWithoutAdapter(): never {
  const known = navigatorGpu() !== undefined
  // Where `process` is named alone, Parcel installs a package for it.
  const inNode = globalThis.process?.versions?.node !== undefined
  return fail("setBackend('webgpu')", {
    expected: 'a WebGPU adapter',
    got: known ? 'none from navigator.gpu.requestAdapter()' : 'no navigator.gpu',
    remedy: `${remedyFor(known, inNode)}, or call setBackend('cpu').`,
  })
}

function remedyFor(known: boolean, inNode: boolean): string {
  if (inNode && !known) return "Import 'recurra/node' first, which brings WebGPU to Node"
  if (inNode)
    return 'Install a driver of the GPU: on Linux its Vulkan driver with the loader libvulkan1 (mesa-vulkan-drivers has a software adapter, too)'
  return known
    ? "Turn on the browser's hardware acceleration, update the driver of the GPU"
    : 'Use a browser with WebGPU on a page served over https or from localhost'
}
