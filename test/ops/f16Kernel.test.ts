/** Kernels that read f16, the twins of every kernel that reads operands: valid WGSL, as written and as packages ship it. */
import { expect, test } from 'vitest'
import { f16TwinsOf } from '../../shaders/f16Twins.ts'
import { minifyKernels } from '../../shaders/minify.ts'
import { moduleHead } from '../../src/backends/webgpu/moduleHead.ts'
import { codeOf, type Kernel } from '../../src/graph/kernel.ts'
import { f16Kernel } from '../../src/ops/f16Kernel.ts'
import * as generated from '../../src/ops/kernels.gen.ts'
import { requestNullDevice } from '../support/gpu.ts'
import { linked } from '../support/linkedKernels.ts'
import { sampled } from '../support/sampled.ts'

const device = await requestNullDevice()
const kernels = await linked
const byName: Readonly<Record<string, Kernel>> = { ...generated }
const reading = kernels.filter(({ operands }) => operands.length > 0)

/** As packages ship them, which is of all kernels together. */
const twins = f16TwinsOf(kernels)
const short = minifyKernels([
  ...kernels,
  ...twins.map((twin) => ({ ...byName[twin.kernel], overrides: [], code: twin.code })),
]).slice(kernels.length)

test('kernels of every operation with factors have twins', () => {
  expect(reading.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'matmul',
      'matmulReduced',
      'convolutionTiled',
      'lstmStreamed',
      'activationGradient',
    ]),
  )
})

// SwiftShader has no shader-f16, so that these are checked by Dawn alone, which has it. They compute in
// test/ops/autocast.test.ts, wherever the adapter has it, too.
test.each([false, true])('their WGSL is valid, with shader-f16 %s', async (hasF16) => {
  for (const { name, operands } of sampled(reading, 3)) {
    const kernel = byName[name]
    const twin = f16Kernel(kernel as Kernel, operands, hasF16)
    const minified =
      short[twins.findIndex((made) => made.kernel === name && made.form === (hasF16 ? 'F16' : 'PackedF16'))]
    for (const code of [await codeOf(twin), minified]) {
      const { messages } = await device
        .createShaderModule({ code: moduleHead(twin) + code })
        .getCompilationInfo()
      expect(messages.map(({ message }) => `${name}: ${message}\n${code}`)).toEqual([])
    }
    const elements = twin.bindings.filter((binding) => operands.includes(binding.name))
    const allowed = hasF16 ? ['f16', 'vec4<f16>'] : ['u32', 'vec2u']
    expect(elements.length).toBeGreaterThan(0)
    expect(elements.filter(({ element }) => !allowed.includes(element))).toEqual([])
  }
})

test('without shader-f16 no kernel asks for it', async () => {
  for (const { operands, ...kernel } of reading) {
    const [packed, f16] = [f16Kernel(kernel, operands, false), f16Kernel(kernel, operands, true)]
    expect(moduleHead(packed) + (await codeOf(packed))).not.toMatch(/f16/)
    expect(moduleHead(f16)).toMatch(/^enable f16;/)
    expect(moduleHead(f16)).toMatch(/array<(vec4<)?f16>/)
  }
})

test('a kernel that reads none of the operands is its own twin; one whose binding is no operand is refused', () => {
  const [kernel] = kernels.filter(({ name }) => name === 'matmulSum')
  const [sum] = kernels.filter(({ name }) => name === 'sum')
  if (!kernel || !sum) expect.fail('no such kernels')
  expect(f16Kernel(kernel, ['a', 'b'], false)).toBe(kernel)
  expect(() => f16Kernel(sum, ['x'], false)).toThrow('sum has no twin: expected its x as Operand in WGSL')
})
