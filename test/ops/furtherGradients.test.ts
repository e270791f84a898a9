/**
 * Gradients of gradients: the gradients by the inputs of F = Σ w·y are what is differentiated, by the inputs and by w, against
 * differences of them and on both backends.
 */
import { expect, test } from 'vitest'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { activation } from '../../src/ops/activation.ts'
import { activations } from '../../src/ops/activations.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { additiveScores } from '../../src/ops/additiveScores.ts'
import { affineTransform } from '../../src/ops/affineTransform.ts'
import { batchNormalization, moments } from '../../src/ops/batchNormalization.ts'
import { convolution } from '../../src/ops/convolution.ts'
import { binary } from '../../src/ops/elementwise.ts'
import { embedding } from '../../src/ops/embedding.ts'
import { furtherGradientOf, weighted } from '../../src/ops/furtherGradients.ts'
import { l2Normalize } from '../../src/ops/l2Normalize.ts'
import { layerNormalization } from '../../src/ops/layerNormalization.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { point } from '../../src/ops/pointwise.ts'
import { ACTIVATIONS } from '../../src/ops/pointwiseFunctions.ts'
import { pooling } from '../../src/ops/pooling.ts'
import { rectifier } from '../../src/ops/rectifier.ts'
import { softmax } from '../../src/ops/softmax.ts'
import { take } from '../../src/ops/take.ts'
import { upsample } from '../../src/ops/upsample.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp, type OpInput } from '../support/checkOp.ts'
import { lstmAttributes } from '../support/lstmCases.ts'
import { sampled } from '../support/sampled.ts'
import { apartFromZero, classes, uniform } from '../support/values.ts'

type Inputs = Readonly<Record<string, Value>>
type Forward = (graph: Graph, inputs: Inputs) => Value

interface Case {
  readonly inputs: Readonly<Record<string, OpInput>>
  /** The shape of y. */
  readonly y: readonly number[]
  /** The inputs that have gradients: all of them by default. */
  readonly by?: readonly string[]
  /** Those on which the gradients depend: all that have some by default. */
  readonly again?: readonly string[]
  readonly roundings?: number
  readonly differenceStep?: number
}

/** What computes the gradients of F. */
const gradientsOf =
  (forward: Forward, by: readonly string[]) =>
  (graph: Graph, { w, ...inputs }: Inputs): Record<string, Value> => {
    const root = graph.add(weighted, { a: forward(graph, inputs), b: w as Value }, { fn: 'multiply' }).y
    const of = by.map((name) => inputs[name] as Value)
    const found = differentiate(graph, [root as Value], of, sumOf)
    return Object.fromEntries(by.map((name, i) => [`d${name}`, found[i] as Value]))
  }

async function check(forward: Forward, { inputs, y, by = Object.keys(inputs), again = by, ...rest }: Case) {
  return checkOp(gradientsOf(forward, by), {
    inputs: { ...inputs, w: uniform(y, -1, 1, 9) },
    attrs: {},
    by: [...again, 'w'],
    roundings: 32,
    ...rest,
  })
}

const names = Object.keys(activations).filter((name) => !['celu', 'swish', 'hard_swish'].includes(name))

/** Functions that are lines in pieces. */
const lines = [
  ...['linear', 'relu', 'hard_sigmoid', 'leaky_relu', 'relu6', 'hard_tanh', 'sparse_sigmoid'],
  ...['keras2_hard_sigmoid', 'soft_shrink', 'hard_shrink'],
]

// As an operation, and as a function in an expression; none near a kink.
test.each(sampled(names, 12))('%s', async (name) => {
  const { code } = activations[name as keyof typeof activations]
  const x = tensor(
    Float32Array.from({ length: 23 }, (_, i) => (i - 11) / 3.1 + 0.07),
    [23],
  )
  const again = lines.includes(name) ? [] : ['x']
  const given = { inputs: { x }, y: [23], again, differenceStep: 2 ** -7 }
  const alone = await check((graph, { x }) => activation(graph, { x: x as Value }, { code }).y, given)
  if (name === 'linear') return
  const within = await check((graph, { x }) => point(graph, ACTIVATIONS + code, x as Value), given)
  within.gradients.w?.forEach((d, i) => {
    expect(d).toBeCloseTo(alone.gradients.w?.[i] ?? Number.NaN, 6)
  })
})

const value = (given: Value | undefined): Value => given as Value
const plain = { strides: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 }

const cases: Readonly<Record<string, readonly [Forward, Case]>> = {
  matmul: [
    (graph, { a, b }) => matmul(graph, { a: value(a), b: value(b) }, {}).y,
    { inputs: { a: [3, 5], b: [5, 4] }, y: [3, 4] },
  ],
  'a convolution with strides and padding': [
    (graph, { x, kernel, bias }) =>
      convolution(
        graph,
        { x: value(x), kernel: value(kernel), bias },
        { ...plain, strides: [2, 1], padding: [1, 1, 1, 0] },
      ).y,
    {
      inputs: { x: [2, 5, 4, 3], kernel: [3, 2, 3, 5], bias: [5] },
      y: [2, 3, 4, 5],
      again: ['x', 'kernel'],
      roundings: 128,
    },
  ],
  'a convolution in chunks, of groups': [
    (graph, { x, kernel, bias }) =>
      convolution(graph, { x: value(x), kernel: value(kernel), bias }, { ...plain, groups: 2 }).y,
    {
      inputs: { x: [3, 17, 13, 2], kernel: [2, 2, 1, 4], bias: [4] },
      y: [3, 16, 12, 4],
      again: ['x', 'kernel'],
      roundings: 1024,
    },
  ],
  'a maximum with broadcasting': [
    (graph, { a, b }) => binary(graph, { a: value(a), b: value(b) }, { fn: 'maximum' }).y,
    { inputs: { a: [3, 5], b: [1, 5] }, y: [3, 5], again: [], differenceStep: 2 ** -12 },
  ],
  'a minimum with itself': [
    (graph, { a }) => binary(graph, { a: value(a), b: value(a) }, { fn: 'minimum' }).y,
    { inputs: { a: [7] }, y: [7], again: [] },
  ],
  'a line below a threshold, and a limit': [
    (graph, { x }) => rectifier(graph, { x: value(x) }, { alpha: 0.1, threshold: 0.25, limit: 0.75 }).y,
    { inputs: { x: apartFromZero([9], 0.3, 0.7) }, y: [9], again: [], differenceStep: 2 ** -6 },
  ],
  'an exponential below 0': [
    (graph, { x }) => rectifier(graph, { x: value(x) }, { alpha: 0.7, exponential: true }).y,
    { inputs: { x: apartFromZero([9], 0.3, 0.9) }, y: [9] },
  ],
  softmax: [(graph, { x }) => softmax(graph, { x: value(x) }, {}).y, { inputs: { x: [3, 7] }, y: [3, 7] }],
  'the logarithm of softmax': [
    (graph, { x }) => softmax(graph, { x: value(x) }, { logarithm: true }).y,
    { inputs: { x: [3, 7] }, y: [3, 7] },
  ],
  'vectors of length one': [
    (graph, { x }) => l2Normalize(graph, { x: value(x) }, { axis: 1, most: 1e6 }).y,
    { inputs: { x: apartFromZero([2, 5, 3], 0.3, 1) }, y: [2, 5, 3], differenceStep: 2 ** -7 },
  ],
  'short vectors, by a constant': [
    (graph, { x }) => l2Normalize(graph, { x: value(x) }, { axis: 1, most: 0.25 }).y,
    { inputs: { x: [2, 5] }, y: [2, 5] },
  ],
  'a layer normalization': [
    (graph, { x, gamma, beta }) =>
      layerNormalization(graph, { x: value(x), gamma, beta }, { epsilon: 0.1 }).y,
    { inputs: { x: [4, 6], gamma: [6], beta: [6] }, y: [4, 6], by: ['x', 'gamma'], differenceStep: 2 ** -7 },
  ],
  'a batch normalization by its own moments': [
    (graph, { x, gamma }) => {
      const { mean, variance } = moments(graph, { x: value(x) }, {})
      return batchNormalization(
        graph,
        { x: value(x), mean, variance, gamma },
        { epsilon: 0.1, ofBatch: true },
      ).y
    },
    { inputs: { x: [7, 2, 3], gamma: [3] }, y: [7, 2, 3], differenceStep: 2 ** -7, roundings: 128 },
  ],
  'a batch normalization by given moments': [
    (graph, { x, mean, variance, gamma }) =>
      batchNormalization(
        graph,
        { x: value(x), mean: value(mean), variance: value(variance), gamma },
        { epsilon: 0.1, ofBatch: false },
      ).y,
    {
      inputs: { x: [7, 3], mean: [3], variance: uniform([3], 0.5, 1), gamma: [3] },
      y: [7, 3],
      differenceStep: 2 ** -7,
      roundings: 128,
    },
  ],
  'scores of additive attention': [
    (graph, { q, k, scale }) => additiveScores(graph, { q: value(q), k: value(k), scale }, {}).y,
    { inputs: { q: [2, 3, 4], k: [2, 5, 4], scale: [4] }, y: [2, 3, 5], roundings: 64 },
  ],
  'means of windows': [
    (graph, { x }) =>
      pooling(graph, { x: value(x) }, { window: [2, 3], strides: [1, 2], padding: [0, 1, 1, 1], mean: true })
        .y,
    { inputs: { x: [2, 4, 5, 3] }, y: [2, 4, 3, 3], again: [] },
  ],
  'maxima of windows that overlap': [
    (graph, { x }) =>
      pooling(graph, { x: value(x) }, { window: [3, 2], strides: [2, 1], padding: [1, 1, 0, 1], mean: false })
        .y,
    { inputs: { x: [2, 5, 4, 3] }, y: [2, 3, 4, 3], again: [], differenceStep: 2 ** -12 },
  ],
  'entries by indices': [
    (graph, { x, indices }) =>
      take(graph, { x: value(x), indices: value(indices) }, { axis: 1, isAlong: false }).y,
    { inputs: { x: [2, 4, 3], indices: tensor([3, 0, 3], [3]) }, y: [2, 3, 3], by: ['x'], again: [] },
  ],
  'lines between entries': [
    (graph, { x }) => upsample(graph, { x: value(x) }, { factors: [2, 3], linear: true }).y,
    { inputs: { x: [1, 3, 2, 2] }, y: [1, 6, 6, 2], again: [] },
  ],
  'images that are moved': [
    (graph, { x, transforms }) =>
      affineTransform(
        graph,
        { x: value(x), transforms: value(transforms) },
        { linear: true, fillMode: 'constant', fillValue: 3 },
      ).y,
    {
      inputs: { x: [1, 4, 5, 2], transforms: tensor([1, 0.1, 0.5, -0.1, 1, 0.25], [1, 6]) },
      y: [1, 4, 5, 2],
      by: ['x'],
      again: [],
    },
  ],
  'rows of a table': [
    (graph, { ids, table }) =>
      embedding(graph, { ids: value(ids), table: value(table) }, { isFloat: true }).y,
    { inputs: { ids: classes([3, 7], 5), table: [5, 4] }, y: [3, 7, 4], by: ['table'], again: [] },
  ],
}

test.each(sampled(Object.entries(cases), 4))('%s', async (_name, [forward, given]) => {
  await check(forward, given)
})

test('a third time', async () => {
  const twice = gradientsOf((graph, { x }) => softmax(graph, { x: value(x) }, {}).y, ['x'])
  const further = (node: Parameters<typeof furtherGradientOf>[1]) => furtherGradientOf('test', node)
  await checkOp(
    (graph: Graph, { x, w, v }: Inputs) => {
      const { dx } = twice(graph, { x: value(x), w: value(w) })
      const root = graph.add(weighted, { a: value(dx), b: value(v) }, { fn: 'multiply' }).y
      const [y] = differentiate(graph, [value(root)], [value(x)], sumOf, { further })
      return { y: value(y) }
    },
    {
      inputs: { x: [2, 5], w: [2, 5], v: uniform([2, 5], -1, 1, 4) },
      attrs: {},
      by: ['x', 'w', 'v'],
      roundings: 64,
    },
  )
})

test('a recurrence has one gradient', () => {
  const graph = new Graph()
  const resident = (name: string, shape: readonly number[]) => graph.resident(name, 0, shape)
  const z = resident('z', [2, 3, 8])
  const h = lstm(graph, { z, recurrentKernel: resident('R', [2, 8]) }, lstmAttributes()).h
  const w = resident('w', h.shape)
  const root = graph.add(weighted, { a: h, b: w }, { fn: 'multiply' }).y
  const [dz] = differentiate(graph, [value(root)], [z], sumOf)
  const penalty = graph.add(weighted, { a: value(dz), b: resident('v', z.shape) }, { fn: 'multiply' }).y
  expect(() =>
    differentiate(graph, [value(penalty)], [z], sumOf, {
      further: (node) => furtherGradientOf('Critic.trainStep, gradients', node),
    }),
  ).toThrow(
    'Critic.trainStep, gradients: expected gradients of what can be differentiated once more, got "lstmGradient", which can not. ' +
      'Compute a recurrence by an RNN with a cell of your own, or write ops.stopGradient around the gradients.',
  )
})
