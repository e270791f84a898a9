// Where an ejected model runs.

import { type Backend, TINY_FLOPS } from '../backends/backend.ts'
import { cpuBackend } from '../backends/cpu/cpuBackend.ts'
import type { CpuSideTable } from '../backends/cpu/sides.ts'
import { instantiateCode } from '../backends/cpu/wasm.ts'
import { describeDevice, requestAdapter, requestDevice } from '../backends/webgpu/device.ts'
import { WebGpuBackend } from '../backends/webgpu/webgpu.ts'
import { describeValue, fail } from '../errors.ts'
import { nullable, oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import { bytesOfBase64 } from './base64.ts'

export interface LoadOptions {
  /**
   * `'auto'`, the default: WebGPU on a GPU, and the CPU without one, for tiny models, and where the GPU fails; or `'webgpu'`, also on
   * a software adapter, or `'cpu'`.
   */
  readonly backend?: 'auto' | 'webgpu' | 'cpu'
  /** A device of the page's own, which WebGPU then uses as it is and does not destroy; `null`, the default: the model's own. */
  readonly device?: GPUDevice | null
}

const loadOptions = {
  backend: option<NonNullable<LoadOptions['backend']>>('auto', oneOf(['auto', 'webgpu', 'cpu'])),
  device: nullable<GPUDevice>((where, name, value) =>
    typeof value === 'object' && value !== null && 'queue' in value
      ? (value as GPUDevice)
      : fail(where, { expected: `${name} to be a GPUDevice`, got: describeValue(value) }),
  ),
} as const satisfies TableFor<LoadOptions>

/** What a file has for the CPU: functions of operations, and their compiled forms as base64, or null. */
export interface CpuCode {
  readonly sides: CpuSideTable
  readonly compiled: string | null
}

export async function createCpu({ sides, compiled }: CpuCode): Promise<Backend> {
  const code = compiled === null ? null : await instantiateCode(bytesOfBase64(compiled), false)
  return cpuBackend(code, (name) => sides[name])
}

/** @param flops Of a forward pass of 32 samples. */
export async function openBackend(
  name: string,
  given: LoadOptions,
  flops: number,
  code: CpuCode,
): Promise<{ readonly backend: Backend; readonly fallsBack: boolean }> {
  const where = `${name}.load`
  const { backend: asked, device } = readOptions(where, loadOptions, given)
  const fallsBack = asked === 'auto'
  if (asked === 'cpu' || (fallsBack && flops < TINY_FLOPS))
    return { backend: await createCpu(code), fallsBack }
  if (device) return { backend: new WebGpuBackend(device, false), fallsBack }
  try {
    const adapter = await requestAdapter()
    if (!adapter) fail(where, { expected: 'a WebGPU adapter', got: 'none', remedy: REMEDY })
    const isSoftware = describeDevice(adapter.info).adapter?.isSoftware
    if (!(fallsBack && isSoftware))
      return { backend: new WebGpuBackend(await requestDevice(adapter), true), fallsBack }
  } catch (error) {
    if (!fallsBack) throw error
  }
  return { backend: await createCpu(code), fallsBack }
}

const REMEDY =
  "Use a browser with WebGPU on a page served over https, from localhost or a file, or call load({ backend: 'cpu' })."
