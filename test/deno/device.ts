/**
 * The device of these tests. Pipelines are made once for all that ask for the same code, whatever the backend object; wgpu keeps
 * none, and software adapters take long to compile.
 */

export const FEATURES: Readonly<Record<string, GPUFeatureName>> = {
  f16: 'shader-f16',
  subgroups: 'subgroups',
}

/** Labels of the pipelines that were made, which are the names of kernels after `recurra`. */
export const made = new Set<string>()

async function requestDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) throw new Error('WebGPU in Deno: expected an adapter, got none.')
  const device = await adapter.requestDevice({
    requiredFeatures: Object.values(FEATURES).filter((name) => adapter.features.has(name)),
  })
  const codes = new WeakMap<GPUShaderModule, string>()
  const createModule = device.createShaderModule.bind(device)
  device.createShaderModule = (descriptor) => {
    const module = createModule(descriptor)
    codes.set(module, descriptor.code)
    return module
  }
  const pipelines = new Map<string, Promise<GPUComputePipeline>>()
  const create = device.createComputePipelineAsync.bind(device)
  device.createComputePipelineAsync = (descriptor) => {
    const code = codes.get(descriptor.compute.module) ?? ''
    const pipeline = pipelines.get(code) ?? create(descriptor)
    pipelines.set(code, pipeline)
    made.add(descriptor.label ?? '')
    return pipeline
  }
  return device
}

export const device = await requestDevice()
