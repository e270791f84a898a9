// Finding an adapter and a device, and saying which.

import type { BackendInfo } from '../backend.ts'

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['subgroups', 'shader-f16', 'timestamp-query']

/** A device of our own on the best adapter, or null where no adapter answers. */
export async function requestDevice(): Promise<{ device: GPUDevice; adapter: GPUAdapter } | null> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu
  const adapter = await gpu?.requestAdapter()
  if (!adapter) return null
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  // Kernels are written for the default limits; only how much data fits in one buffer is taken from the adapter, and
  // the features that some strategies need.
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature))
  const device = await adapter.requestDevice({
    label: 'recurra',
    requiredFeatures,
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  })
  return { device, adapter }
}

/** What to tell people of a device. */
export function describeDevice(info: GPUAdapterInfo | undefined): BackendInfo {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {}
  const names = [vendor, architecture, device, description].join(' ').toLowerCase()
  const isSoftware =
    info?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|warp|microsoft basic render/.test(names)
  const name =
    description || [vendor, architecture || device].filter(Boolean).join(' ') || 'an unnamed adapter'
  return {
    backend: 'webgpu',
    description: `WebGPU on ${name}${isSoftware ? ' (software)' : ''}`,
    adapter: { vendor, architecture, device, description, isSoftware },
  }
}

/** The sizes that subgroups may have on a device; null where kernels cannot use them. */
export function subgroupsOf({ features, adapterInfo }: GPUDevice): { min: number; max: number } | null {
  if (!features.has('subgroups')) return null
  const { subgroupMinSize: min, subgroupMaxSize: max } = adapterInfo
  return { min, max }
}
