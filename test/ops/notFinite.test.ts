// What is not finite: NaN stays NaN through operations that choose, bound or compare, and every operation makes the same of
// NaN and infinities on the CPU, in WebAssembly and on WebGPU (checkOp holds them to it).
import { expect, test } from 'vitest'
import { accuracy } from '../../src/ops/accuracy.ts'
import { activations } from '../../src/ops/activations.ts'
import { batchNormalization, moments } from '../../src/ops/batchNormalization.ts'
import { categoricalCrossentropy } from '../../src/ops/categoricalCrossentropy.ts'
import { elementwiseLossCodes } from '../../src/ops/codes.gen.ts'
import { layerNormalization } from '../../src/ops/layerNormalization.ts'
import { elementwiseLoss } from '../../src/ops/losses.ts'
import { lstm, lstmGradient } from '../../src/ops/lstm.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { adamUpdate, sgdUpdate } from '../../src/ops/optimizers.ts'
import { pooling, poolingGradient } from '../../src/ops/pooling.ts'
import { softmax, softmaxGradient } from '../../src/ops/softmax.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { fromStates } from '../support/fromStates.ts'
import { uniform } from '../support/values.ts'

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number

/** Rows of three: one that is finite, then those with something that is not, in each place. */
const rows = tensor(
  [
    ...[0.2, 0.5, 0.3],
    ...[nan, 0.5, 0.3],
    ...[0.2, nan, 0.3],
    ...[0.2, 0.5, nan],
    ...[nan, nan, nan],
    ...[infinity, 0.5, 0.3],
    ...[0.2, -infinity, 0.3],
    ...[infinity, -infinity, nan],
    ...[-infinity, -infinity, -infinity],
  ],
  [9, 3],
)
const WITH_NAN = [1, 2, 3, 4, 7]

/** Rows that hold NaN. */
const nanRowsOf = (values: Float32Array, width: number): number[] =>
  Array.from({ length: values.length / width }, (_, row) => row).filter((row) =>
    values.subarray(row * width, (row + 1) * width).some(Number.isNaN),
  )

test.each(['linear', 'relu', 'sigmoid', 'tanh', 'hard_sigmoid'] as const)(
  'a product with %s',
  async (name) => {
    const { outputs } = await checkOp(matmul, {
      inputs: { a: rows, b: uniform([3, 2], 0.1, 1) },
      attrs: { activation: activations[name].code },
    })
    expect(nanRowsOf(outputs.y, 2)).toEqual(WITH_NAN)
  },
)

test('pooling', async () => {
  // Three columns are pooled of each row, at a channel; the gradient of a maximum goes to the first NaN.
  const x = tensor(rows.data, [1, 9, 3, 1])
  for (const mean of [false, true]) {
    const attrs = { window: [1, 3], strides: [1, 1], padding: [0, 0, 0, 0], mean } as const
    const { outputs } = await checkOp(pooling, { inputs: { x }, attrs })
    expect(nanRowsOf(outputs.y, 1)).toEqual(WITH_NAN)
    const dy = tensor(new Float32Array(9).fill(1), [1, 9, 1, 1])
    const { outputs: back } = await checkOp(poolingGradient, { inputs: { x, dy }, attrs })
    if (!mean) expect([...back.dx.subarray(0, 15)]).toEqual([0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0])
  }
})

test.each([false, true])('softmax, logarithm %s', async (logarithm) => {
  const { outputs } = await checkOp(softmax, { inputs: { x: rows }, attrs: { logarithm } })
  // ∞ − ∞ is NaN, too.
  expect(nanRowsOf(outputs.y, 3)).toEqual([1, 2, 3, 4, 5, 7, 8])
  const { outputs: back } = await checkOp(softmaxGradient, {
    inputs: { y: tensor(outputs.y, [9, 3]), dy: [9, 3] },
    attrs: { logarithm },
  })
  expect(nanRowsOf(back.dx, 3)).toEqual([1, 2, 3, 4, 5, 7, 8])
})

test.each(Object.entries(elementwiseLossCodes))('%s', async (_name, code) => {
  const targets = uniform([9, 3], 0.1, 0.9)
  const { outputs } = await checkOp(elementwiseLoss, {
    inputs: { predictions: rows, targets },
    attrs: { code, number: 0.5 },
  })
  expect(nanRowsOf(outputs.losses, 1)).toEqual(expect.arrayContaining(WITH_NAN))
  expect(nanRowsOf(outputs.dPredictions, 3)).toEqual(expect.arrayContaining(WITH_NAN))
  expect(outputs.losses[0]).toBeGreaterThan(0)
})

test.each([false, true].flatMap((sparse) => [false, true].map((fromLogits) => ({ sparse, fromLogits }))))(
  'categorical crossentropy, sparse $sparse, from logits $fromLogits',
  async (attrs) => {
    const targets = attrs.sparse ? tensor(new Float32Array(9), [9]) : uniform([9, 3], 0.1, 0.9)
    const { outputs } = await checkOp(categoricalCrossentropy, {
      inputs: { predictions: rows, targets },
      attrs,
    })
    expect(nanRowsOf(outputs.losses, 1)).toEqual(expect.arrayContaining(WITH_NAN))
    expect(nanRowsOf(outputs.dPredictions, 3)).toEqual(expect.arrayContaining(WITH_NAN))
    expect(outputs.losses[0]).toBeGreaterThan(0)
  },
)

test('the largest entry is the first NaN', async () => {
  const targets = tensor([1, 0, 1, 2, 0, 0, 0, 2, 0], [9])
  const { outputs } = await checkOp(accuracy, {
    inputs: { predictions: rows, targets },
    attrs: { kind: 'sparse' },
  })
  expect([...outputs.hits]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1].map((hit, i) => (i === 6 ? 0 : hit)))
})

test('normalizations', async () => {
  const attrs = { epsilon: 1e-3 }
  const { outputs } = await checkOp(layerNormalization, { inputs: { x: rows }, attrs })
  expect(nanRowsOf(outputs.y, 3)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  const { outputs: columns } = await checkOp(moments, { inputs: { x: tensor(rows.data, [3, 9]) }, attrs: {} })
  expect(nanRowsOf(columns.variance, 1)).not.toEqual([])
  const given = { mean: tensor(columns.mean, [9]), variance: tensor(columns.variance, [9]) }
  await checkOp(batchNormalization, { inputs: { x: [2, 9], ...given }, attrs: { ...attrs, ofBatch: true } })
})

test('rows and columns of one value, however large, are normalized to zero', async () => {
  const x = tensor(
    Float32Array.from({ length: 3 * 301 }, (_, i) => [0.1, -1234567.1, 3e7][Math.floor(i / 301)] ?? 0),
    [3, 301],
  )
  const { outputs } = await checkOp(layerNormalization, { inputs: { x }, attrs: { epsilon: 1e-7 } })
  expect(outputs.y.every((value) => value === 0)).toBe(true)
  const turned = tensor(
    Float32Array.from({ length: 3 * 301 }, (_, i) => x.data[301 * (i % 3)] ?? 0),
    [301, 3],
  )
  const { outputs: columns } = await checkOp(moments, { inputs: { x: turned }, attrs: {} })
  expect([...columns.variance]).toEqual([0, 0, 0])
  expect([...columns.mean]).toEqual([0.1, -1234567.1, 3e7].map(Math.fround))
})

test('updates', async () => {
  const gradients = tensor([1, nan, infinity, -infinity, 0], [5])
  const slot = tensor(new Float32Array(5), [5])
  const shared = { gradients, parameters: [5] }
  const changed = [
    await checkOp(sgdUpdate, { inputs: shared, attrs: {} }),
    await checkOp(sgdUpdate, {
      inputs: { ...shared, velocity: slot },
      attrs: { momentum: 0.9, nesterov: true },
    }),
    await checkOp(adamUpdate, {
      inputs: { ...shared, m: slot, v: slot },
      attrs: { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    }),
  ]
  for (const { memory } of changed) {
    expect(Array.from(memory.parameters ?? [], Number.isFinite)).toEqual([true, false, false, false, true])
  }
})

// The cell is one for all strategies, and NaN is swallowed most easily by relu.
test.each(['tiled', 'timestep'])('an LSTM of relu, %s', async (strategy) => {
  const attrs = {
    activation: activations.relu.code,
    recurrentActivation: activations.sigmoid.code,
    reverse: false,
  }
  // NaN comes in a sample of its own, in a gate each.
  const [batch, time, units] = [5, 2, 4]
  const z = uniform([batch, time, 4 * units], -1, 1)
  for (const [b, place] of [0, 5, 10, 15].entries()) z.data[b * time * 4 * units + place] = nan
  const recurrentKernel = uniform([units, 4 * units], -0.5, 0.5, 2)
  const { outputs } = await checkOp(fromStates(lstm), { inputs: { z, recurrentKernel }, attrs, strategy })
  const withNan = (values: Float32Array) => nanRowsOf(values, values.length / batch)
  expect(withNan(outputs.hLast)).toEqual([0, 1, 2, 3])
  const { gates: stored, c, h } = outputs
  const { outputs: back } = await checkOp(lstmGradient, {
    inputs: {
      stored: tensor(stored, [batch, time, 4 * units]),
      cells: tensor(c, [batch, time, units]),
      dh: tensor(h, [batch, time, units]),
      recurrentKernel,
    },
    attrs: { ...attrs, lastOnly: false, wantsInitial: false },
    read: ['gates'],
    strategy,
  })
  expect(withNan(back.gates)).toEqual([0, 1, 2, 3])
})
