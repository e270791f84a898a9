// Requests and describes adapters and devices.

import type { BackendInfo } from '../backend.ts'

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['subgroups', 'shader-f16', 'timestamp-query']

/** The high-performance adapter, or null if there is none. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu
  return (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null
}

/** A new device on an adapter, with the features that some strategies need. */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  // Kernels are written for the default limits; only the limits of buffer sizes are those of the adapter.
  return adapter.requestDevice({
    label: 'recurra',
    requiredFeatures: OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  })
}

/** A description of a device for people. */
export function describeDevice(info: GPUAdapterInfo | undefined): BackendInfo {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {}
  const names = [vendor, architecture, device, description].join(' ').toLowerCase()
  const isSoftware =
    info?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|\bwarp\b|microsoft basic render/.test(names)
  const name =
    description || [vendor, architecture || device].filter(Boolean).join(' ') || 'an unnamed adapter'
  return {
    backend: 'webgpu',
    description: `WebGPU on ${name}${isSoftware ? ' (software)' : ''}`,
    adapter: { vendor, architecture, device, description, isSoftware },
  }
}

/** The sizes that subgroups may have on a device; null if kernels cannot use subgroups. */
export function subgroupsOf({ features, adapterInfo }: GPUDevice): { min: number; max: number } | null {
  if (!features.has('subgroups')) return null
  const { subgroupMinSize: min, subgroupMaxSize: max } = adapterInfo
  return { min, max }
}
