/** Every kernel: valid WGSL, within WebGPU's default limits, and with the signature that the build step reads off it. */
import { expect, test } from 'vitest'
import { minifyKernels } from '../shaders/minify.ts'
import { reflectKernel } from '../shaders/reflect.ts'
import { codeOf, type Kernel } from '../src/graph/kernel.ts'
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

/** Features by the names that WGSL enables them by. */
const FEATURES: Readonly<Record<string, GPUFeatureName>> = { subgroups: 'subgroups', f16: 'shader-f16' }
const needsOf = (code: string): GPUFeatureName[] =>
  [...code.matchAll(/enable (\w+)/g)].flatMap(([, name = '']) => FEATURES[name] ?? [])

const canRun = (code: string): boolean => needsOf(code).every((feature) => device.features.has(feature))

/** What WebGPU says of a shader module, beside its line. */
async function messagesOn(module: GPUShaderModule, code: string): Promise<string[]> {
  const { messages } = await module.getCompilationInfo()
  return messages.map(({ lineNum, message }) => `${code.split('\n')[lineNum - 1]}: ${message}`)
}

const written = await Promise.all(
  Object.values(kernels).map(async (kernel) => ({ kernel: kernel as Kernel, code: await codeOf(kernel) })),
)

test.each(written.map(({ kernel, code }) => [kernel.name, kernel, code] as const))(
  '%s makes a pipeline',
  async (_, kernel, code) => {
    expect(reflectKernel(kernel.name, code)).toEqual({ ...kernel, code })
    // Never launched here: all that can be checked is that it is one.
    if (!canRun(code)) return
    const module = device.createShaderModule({ code })
    expect(await messagesOn(module, code)).toEqual([])
    const compute = { module, entryPoint: kernel.entryPoint }
    await device.createComputePipelineAsync({ layout: layoutOf(kernel), compute })
  },
)

test('minified kernels are valid, and have their entry points and overrides by name', async () => {
  const minified = minifyKernels(written.map(({ code }) => code))
  for (const [i, { kernel }] of written.entries()) {
    const code = minified[i] ?? ''
    expect(code).toContain(`fn ${kernel.entryPoint}(`)
    for (const name of kernel.overrides) expect(code).toContain(`override ${name}:`)
    if (canRun(code)) expect(await messagesOn(device.createShaderModule({ code }), code)).toEqual([])
  }
})
