// Operations on f16: equal on every backend, and equal to their f32 twins on numbers that f16 has.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import type { Operation } from '../../src/graph/operation.ts'
import { activationGradient } from '../../src/ops/activation.ts'
import { activationOf } from '../../src/ops/activationFunctions.ts'
import { activations, FROM_INPUT } from '../../src/ops/activations.ts'
import { convLstm } from '../../src/ops/convLstm.ts'
import {
  convolution,
  convolutionInputGradient,
  convolutionKernelGradient,
} from '../../src/ops/convolution.ts'
import { convRecurrentKernelGradient } from '../../src/ops/convRecurrentKernelGradient.ts'
import { f16Twin } from '../../src/ops/f16Twin.ts'
import { lstm, lstmGradient } from '../../src/ops/lstm.ts'
import { type MatmulAttributes, matmul } from '../../src/ops/matmul.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { toF16 } from '../../src/ops/toF16.ts'
import { expandF16, f16Bits, f16View } from '../../src/util/f16.ts'
import type { Shape } from '../../src/util/shape.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { expectClose } from '../support/compare.ts'
import { cpu, webgpu } from '../support/compareBackends.ts'
import { type Floats, LoadedPlan, residentIn } from '../support/runPlan.ts'
import { chosen, sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

/** Numbers of f16 drawn from [−reach, reach). */
const f16s = (shape: Shape, seed: number, reach = 1): Tensor =>
  roundedToF16(uniform(shape, -reach, reach, seed))

function roundedToF16({ data, shape }: Tensor): Tensor {
  const words = new Uint32Array(Math.ceil(data.length / 2))
  f16View(words, data.length).set(Array.from(new Uint32Array(data.slice().buffer), f16Bits))
  const rounded = new Float32Array(data.length)
  expandF16(words, rounded)
  return new Tensor(rounded, shape)
}

type Apply = (
  graph: Graph,
  inputs: Readonly<Record<string, Value | undefined>>,
  attrs: object,
) => Readonly<Record<string, Value>>

/** What an operation gives in f32. */
async function runOnCpu(
  { operation }: Defined,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: object,
  read: readonly string[],
): Promise<Floats> {
  const graph = new Graph()
  const values = Object.entries(inputs).map(([name, { shape, data }]) => [
    name,
    residentIn(graph, name, shape, data),
  ])
  const outputs = graph.add(operation, Object.fromEntries(values), attrs)
  for (const name of read) if (outputs[name]) graph.result(name, outputs[name])
  const memory = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]))
  const plan = await LoadedPlan.load(cpu, compile(graph, cpu.traits), memory)
  const { results } = await plan.run(memory, [{ start: 0, iteration: 1, rate: 0, reset: 0 }])
  plan.dispose()
  return results
}

/** An operation with its function. */
interface Defined {
  readonly operation: Operation
}

const presentOf = (inputs: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(inputs).flatMap(([name, value]) => (value ? [[name, value]] : [])))

/** The twin of an operation, with its operands rounded before it. */
function twin({ operation }: Defined): Apply {
  const operands = [...operation.factors, ...operation.tolerates]
  return (graph, inputs, attrs) => {
    const given = Object.entries(presentOf(inputs)).map(([name, value]) => [
      name,
      operands.includes(name) ? toF16(graph, { x: value }, {}).y : value,
    ])
    return graph.add(f16Twin(operation, operands), Object.fromEntries(given), attrs)
  }
}

const sizes = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 8, 4],
  [33, 17, 37],
  [66, 64, 68],
  [1, 129, 31],
] as const
const transposes = [false, true].flatMap((a) => [false, true].map((b) => ({ transposeA: a, transposeB: b })))
const cases = sizes.flatMap(([m, k, n]) => transposes.map((attrs) => ({ m, k, n, ...attrs })))

test.each(sampled(cases, 18))(
  '[$m, $k]·[$k, $n], transposed $transposeA, $transposeB',
  async ({ m, k, n, transposeA, transposeB }) => {
    const inputs = {
      a: f16s(transposeA ? [k, m] : [m, k], 1),
      b: f16s(transposeB ? [n, k] : [k, n], 2),
      bias: uniform([n], -1, 1, 3),
    }
    const attrs: MatmulAttributes = { transposeA, transposeB, activation: activations.relu.code }
    const rounding = { products: true, roundings: 2 * k + 2 }
    const outputs = await runOnCpu(matmul, inputs, attrs, ['y', 'columnSums'])
    const found = await checkOp(twin(matmul), { inputs, attrs, read: ['y', 'columnSums'], ...rounding })
    expect(found.outputs).toEqual(outputs)
  },
)

test('operands that f16 does not have are rounded', async () => {
  const inputs = { a: uniform([9, 30], -1, 1, 1), b: uniform([30, 6], -1, 1, 2) }
  const rounding = { products: true, roundings: 60 }
  const exact = await runOnCpu(matmul, inputs, {}, ['y'])
  const found = await checkOp(twin(matmul), { inputs, attrs: {}, read: ['y'], ...rounding })
  expect(found.outputs).not.toEqual(exact)
  // Each operand is off by at most half a unit of eleven bits.
  expectClose('products', found.outputs.y, exact.y ?? [], 30 * 2 ** -11)
})

// The slope of a result and that of an argument: all others are read from f16 by the same text.
test.each(['relu', 'tanh', 'silu'] as const)('the slope of %s from f16', async (name) => {
  const { code } = activations[name]
  for (const size of [1, 6, 67]) {
    // Slopes are told from what an activation stores, and from nothing else.
    const { data, shape } = uniform([size], -1, 1, 1)
    const saved = roundedToF16(
      new Tensor(code >= FROM_INPUT ? data : data.map(activationOf(code).apply), shape),
    )
    const inputs = { saved, dy: uniform([size], -1, 1, 2) }
    const exact = await runOnCpu(activationGradient, inputs, { code }, ['dx'])
    const found = await checkOp(twin(activationGradient), { inputs, attrs: { code }, roundings: 64 })
    expect(found.outputs).toEqual(exact)
  }
})

const plain = { strides: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const
const grouped = { strides: [2, 1], dilation: [1, 2], padding: [1, 1, 2, 1], groups: 3 } as const
const recurrence = {
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse: true,
}
type OpTest = readonly [
  name: string,
  op: Defined,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: object,
  read: string[],
]

/** Operations with factors, at odd sizes and at whole vectors. */
const others: readonly OpTest[] = [
  ...[
    [5, 9],
    [8, 12],
    [515, 9],
  ].map(
    ([k = 1, n = 1]): OpTest => [
      `products in a batch, [5, ${k}]·[${k}, ${n}]`,
      matmul,
      { a: f16s([3, 5, k], 1), b: f16s([3, k, n], 2) },
      {},
      ['y', 'columnSums'],
    ],
  ),
  [
    'a convolution',
    convolution,
    { x: f16s([2, 7, 5, 3], 1), kernel: f16s([3, 3, 3, 7], 2), bias: f16s([7], 3) },
    plain,
    ['y'],
  ],
  [
    'a convolution of whole vectors',
    convolution,
    { x: f16s([2, 5, 4, 8], 1), kernel: f16s([3, 2, 8, 12], 2) },
    plain,
    ['y'],
  ],
  [
    'a convolution in groups',
    convolution,
    { x: f16s([2, 6, 7, 3], 1), kernel: f16s([3, 3, 1, 6], 2) },
    grouped,
    ['y'],
  ],
  [
    "a convolution's gradient by its input",
    convolutionInputGradient,
    { dy: f16s([2, 5, 3, 7], 1), kernel: f16s([3, 3, 3, 7], 2) },
    { ...plain, input: [2, 7, 5, 3] },
    ['dx'],
  ],
  [
    "a convolution's gradient by its kernel",
    convolutionKernelGradient,
    { x: f16s([2, 7, 5, 3], 1), dy: f16s([2, 5, 3, 7], 2) },
    { ...plain, window: [3, 3, 3, 7], hasBias: true },
    ['kernelParts', 'biasParts'],
  ],
  ...[5, 68].flatMap((units): OpTest[] => [
    [
      `an LSTM of ${units}`,
      lstm,
      { z: f16s([5, 3, 4 * units], 1), recurrentKernel: f16s([units, 4 * units], 2, 0.25) },
      recurrence,
      ['gates', 'h', 'c'],
    ],
    [
      `an LSTM of ${units}, backwards`,
      lstmGradient,
      {
        recurrentKernel: f16s([units, 4 * units], 2, 0.25),
        cells: f16s([5, 3, units], 3),
        stored: f16s([5, 3, 4 * units], 1),
        dh: f16s([5, 3, units], 4),
      },
      { ...recurrence, lastOnly: false, wantsInitial: false },
      ['gates'],
    ],
    [
      `the recurrent kernel's gradient of ${units}`,
      recurrentKernelGradient,
      { h: f16s([5, 3, units], 1), dz: f16s([5, 3, 4 * units], 2) },
      { reverse: true },
      ['dR'],
    ],
  ]),
  [
    'a ConvLSTM',
    convLstm,
    { z: f16s([2, 2, 3, 4, 12], 1), recurrentKernel: f16s([3, 3, 3, 12], 2, 0.25) },
    recurrence,
    ['gates', 'h'],
  ],
  [
    "a ConvLSTM's recurrent kernel's gradient",
    convRecurrentKernelGradient,
    { h: f16s([2, 3, 4, 5, 3], 1), dz: f16s([2, 3, 4, 5, 12], 2) },
    { reverse: false, window: [2, 3, 3, 12] },
    ['parts'],
  ],
]

test.each(sampled(others, 4))('%s, by its strategies', async (_name, { operation }, inputs, attrs, read) => {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]))
  const expected = await runOnCpu({ operation }, inputs, attrs, read)
  expect(operation.factors.length).toBeGreaterThan(0)
  // Every run has the first, which the rules choose.
  for (const strategy of chosen(operation.strategies(shapes, attrs, webgpu.traits), (_, i) => i === 0)) {
    const found = await checkOp(twin({ operation }), { inputs, attrs, read, strategy, roundings: 256 })
    expect(found.outputs, strategy).toEqual(expected)
  }
})
