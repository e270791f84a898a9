/** Every kernel: valid WGSL, within WebGPU's default limits, and with the signature that the build step reads off it. */
import { expect, test } from 'vitest'
import type { Kernel } from '../src/graph/kernel.ts'
import * as kernels from '../src/ops/kernels.gen.ts'
import { requestTestDevice } from './support/gpu.ts'

const device = await requestTestDevice()

function layoutOf({ bindings, params, usesStep }: Kernel): GPUPipelineLayout {
  const visibility = GPUShaderStage.COMPUTE
  const groups: GPUBindGroupLayoutEntry[][] = [
    bindings.map(({ binding, access }) => ({
      binding,
      visibility,
      buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
    })),
  ]
  if (params)
    groups[0]?.push({ binding: params.binding, visibility, buffer: { minBindingSize: params.size } })
  if (usesStep) groups.push([{ binding: 0, visibility, buffer: {} }])
  return device.createPipelineLayout({
    bindGroupLayouts: groups.map((entries) => device.createBindGroupLayout({ entries })),
  })
}

test.each(Object.entries<Kernel>(kernels))('%s makes a pipeline', async (_, kernel) => {
  const module = device.createShaderModule({ code: kernel.code })
  const { messages } = await module.getCompilationInfo()
  expect(
    messages.map(({ lineNum, message }) => `${kernel.code.split('\n')[lineNum - 1]}: ${message}`),
  ).toEqual([])

  const constants = Object.fromEntries(kernel.overrides.map(({ name, default: value }) => [name, value ?? 1]))
  const compute = { module, entryPoint: kernel.entryPoint, constants }
  await device.createComputePipelineAsync({ layout: layoutOf(kernel), compute })
})
