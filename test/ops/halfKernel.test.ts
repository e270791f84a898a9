/** Kernels that read halves, made of every kernel that reads factors: valid WGSL, as written and as packages ship it. */
import { expect, test } from 'vitest'
import { minifyKernels } from '../../shaders/minify.ts'
import { moduleHead } from '../../src/backends/webgpu/moduleHead.ts'
import { codeOf, type Kernel } from '../../src/graph/kernel.ts'
import type { Operation } from '../../src/graph/operation.ts'
import { halfKernel } from '../../src/ops/halfKernel.ts'
import * as ops from '../../src/ops/index.ts'
import * as kernels from '../../src/ops/kernels.gen.ts'
import { requestTestDevice } from '../support/gpu.ts'

const device = await requestTestDevice()

const operations: Operation[] = Object.values(ops).flatMap((op) =>
  typeof op === 'function' && 'operation' in op ? [op.operation] : [],
)
const written: readonly Kernel[] = Object.values(kernels)
const minified = minifyKernels(
  await Promise.all(written.map(async (kernel) => ({ ...kernel, code: await codeOf(kernel) }))),
)
/** Kernels with bindings by the names of an operation's factors. */
const reading = operations.flatMap(({ factors, tolerates }) => {
  const operands = [...factors, ...tolerates]
  return written.flatMap((kernel, i) => {
    const isIt =
      operands.length > 0 &&
      operands.every((name) => kernel.bindings.some((b) => b.name === name && b.access === 'read'))
    return isIt
      ? [{ operands, kernel, short: { ...kernel, name: `${kernel.name}Short`, code: minified[i] ?? '' } }]
      : []
  })
})

test('there are such kernels', () => {
  expect(reading.map(({ kernel }) => kernel.name)).toEqual(
    expect.arrayContaining([
      'matmul',
      'matmulReduced',
      'convolutionTiled',
      'lstmSequence',
      'activationGradient',
    ]),
  )
})

const forms = device.features.has('shader-f16') ? [false, true] : [false]

test.each(forms)('their WGSL is valid, with shader-f16 %s', async (hasF16) => {
  for (const { operands, kernel, short } of reading) {
    for (const given of [kernel, short]) {
      if (given.extensions.includes('subgroups') && !device.features.has('subgroups')) continue
      const twin = halfKernel(given, operands, hasF16)
      const { name, bindings } = twin
      const code = moduleHead(twin) + (await codeOf(twin))
      const { messages } = await device.createShaderModule({ code }).getCompilationInfo()
      expect(messages.map(({ message }) => `${name}: ${message}\n${code}`)).toEqual([])
      const elements = operands.map(
        (operand) => bindings.find((binding) => binding.name === operand)?.element,
      )
      expect(new Set(elements)).toEqual(new Set([hasF16 ? 'f16' : 'u32']))
    }
  }
})

test('without shader-f16 no kernel asks for it', async () => {
  for (const { operands, kernel } of reading) {
    const [packed, f16] = [halfKernel(kernel, operands, false), halfKernel(kernel, operands, true)]
    expect(moduleHead(packed) + (await codeOf(packed))).not.toMatch(/f16/)
    expect(moduleHead(f16)).toMatch(/^enable f16;/)
  }
})
