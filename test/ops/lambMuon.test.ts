// Lamb and Muon over several steps: both backends, numbers of Keras 3.15, and references in float64 that say Keras's formulas weight by
// weight.
import { describe, expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { Lamb, Muon } from '../../src/index.ts'
import type { Variable } from '../../src/layers/weights/variable.ts'
import { Layout } from '../../src/models/layout.ts'
import { GATE_SIZE } from '../../src/ops/lossScaleState.ts'
import type { Optimizer } from '../../src/training/optimizer.ts'
import { type Shape, sizeOf } from '../../src/util/shape.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { expectClose } from '../support/compare.ts'

type Shapes = Readonly<Record<string, Shape>>
type Numbers = Readonly<Record<string, readonly number[]>>

/** Weights or gradients: the sine of multiples of a frequency, which grows from weight to weight. */
const sines = (shapes: Shapes, frequency: number): Numbers =>
  Object.fromEntries(
    Object.entries(shapes).map(([path, shape], k) => [
      path,
      Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(Math.sin((frequency + k) * (i + 1)))),
    ]),
  )

/** Runs steps of the same gradients from slots of zeros; returns the launches of a step, and the weights after the last. */
async function trained(optimizer: Optimizer, shapes: Shapes, { steps = 3, scaling = [] as number[] } = {}) {
  const weights = Object.entries(shapes).map(([path, shape]): Variable => {
    return { path, shape, kind: 'weight', value: new Float32Array(sizeOf(shape)), home: null }
  })
  optimizer.build(weights)
  const layout = new Layout([...weights, ...optimizer.variables], new Set(weights), 0)
  const flat = (numbers: Numbers) => {
    const data = new Float32Array(layout.sizeOf('parameters'))
    for (const weight of weights) data.set(numbers[weight.path] ?? [], layout.placeOf(weight).offset)
    return tensor(data, [data.length])
  }
  const names = optimizer.rule.slots.map(({ name }) => name)
  const slots = names.map((name) => {
    const size = layout.sizeOf(`optimizer:${name}`)
    return [name, tensor(new Float32Array(size), [size])] as const
  })
  const given = { gradients: flat(sines(shapes, 0.7)), parameters: flat(sines(shapes, 1.3)) }
  const inputs = { ...given, ...Object.fromEntries(slots) }
  function update(
    graph: Graph,
    values: Readonly<Record<string, Value>>,
    _attrs: object,
  ): Record<never, Value> {
    const { gradients, parameters, scaling: state } = values
    if (!gradients || !parameters) throw new TypeError('without gradients')
    const own = names.flatMap((name) => values[name] ?? [])
    optimizer.rule.lower(graph, { gradients, parameters, scaling: state, slots: own, layout }, optimizer)
    return {}
  }
  const { memory, plan } = await checkOp(update, {
    // What an update reads of a loss scale ends with the rate of the step.
    inputs:
      scaling.length > 0
        ? { ...inputs, scaling: tensor([...scaling, optimizer.learningRate], [GATE_SIZE]) }
        : inputs,
    attrs: {},
    steps: Array.from({ length: steps }, (_, i) => ({ ...optimizer.scalars(i + 1), iteration: i + 1 })),
    maxWorkgroups: 40,
    roundings: 512,
  })
  const after = memory.parameters ?? new Float32Array(0)
  return {
    launches: plan.operations.flatMap(({ launches }) => launches).length,
    of(path: string): Float32Array {
      const weight = weights.find((other) => other.path === path)
      const start = weight ? layout.placeOf(weight).offset : 0
      return after.slice(start, start + sizeOf(shapes[path] ?? []))
    },
  }
}

const small: Shapes = {
  'a/kernel': [3, 5],
  'a/bias': [5],
  'b/kernel': [5, 2],
  'embedding/embeddings': [4, 3],
  'c/kernel': [3, 5],
  'out/kernel': [2, 2],
}

/** Weights after three steps of Keras 3.15, with options of each kind. */
const keras: Readonly<Record<string, readonly [Optimizer, Numbers]>> = {
  Lamb: [
    Lamb(0.05),
    {
      'a/kernel': [
        0.855964, 0.407907, -0.79536, -0.991049, 0.322714, 1.106137, 0.426692, -0.720232, -0.869577, 0.312573,
        0.879178, 0.00016, -1.036718, -0.497239, 0.713134,
      ],
      'a/bias': [0.636132, -0.884118, 0.688013, 0.113316, -0.985026],
      'b/kernel': [
        -0.270383, 0.424178, -0.570173, 0.704711, -0.824422, 0.926311, -1.007824, 0.841648, -0.87685,
        0.887275,
      ],
      'embedding/embeddings': [
        -0.806562, 0.624793, 0.437079, -1.106504, 0.581243, 0.728439, -1.0773, 0.266473, 0.732346, -0.72217,
        -0.284806, 0.862611,
      ],
      'c/kernel': [
        -0.721819, -1.033224, -0.301308, 0.82161, 1.089807, 0.264251, -0.674358, -0.889485, -0.434317,
        0.285476, 0.873299, 0.805253, -0.102936, -1.041843, -0.929746,
      ],
      'out/kernel': [0.02404, 0.040849, 0.057648, 0.074434],
    },
  ],
  Muon: [
    Muon({
      learningRate: 0.05,
      excludeLayers: ['^out/'],
      adamLrRatio: 0.5,
      weightDecay: 0.1,
      adamWeightDecay: 0.2,
    }),
    {
      'a/kernel': [
        0.944417, 0.48364, -0.70971, -0.895371, 0.20572, 0.999834, 0.332984, -0.80314, -0.750396, 0.401894,
        0.946473, 0.095387, -0.906143, -0.571106, 0.625171,
      ],
      'a/bias': [0.649305, -0.889926, 0.635511, 0.142018, -0.923702],
      'b/kernel': [
        -0.153124, 0.334056, -0.475846, 0.60097, -0.735339, 0.796876, -0.900072, 0.916402, -0.963702,
        0.959633,
      ],
      'embedding/embeddings': [
        -0.814703, 0.638333, 0.392, -1.041543, 0.531882, 0.674706, -1.013206, 0.226461, 0.742692, -0.732818,
        -0.244248, 0.869088,
      ],
      'c/kernel': [
        -0.795057, -0.909235, -0.212793, 0.701393, 0.989503, 0.367012, -0.590563, -0.982045, -0.501639,
        0.386184, 0.944536, 0.689008, -0.185784, -0.922672, -0.831356,
      ],
      'out/kernel': [0.090566, 0.106876, 0.123177, 0.139464],
    },
  ],
  'Muon for all matrices': [
    Muon({
      learningRate: 0.05,
      excludeEmbeddings: false,
      nesterov: false,
      rmsRate: null,
      weightDecay: null,
      adamWeightDecay: null,
      nsSteps: 3,
      momentum: 0.8,
    }),
    {
      'a/kernel': [
        0.956451, 0.463787, -0.759765, -0.941877, 0.197752, 1.031752, 0.357483, -0.802318, -0.761349,
        0.395629, 0.931682, 0.087576, -0.904899, -0.547599, 0.668865,
      ],
      'a/bias': [0.595707, -0.843693, 0.728438, 0.072892, -1.025451],
      'b/kernel': [
        -0.147662, 0.374971, -0.513755, 0.628842, -0.793233, 0.796917, -0.942357, 0.896247, -0.967915,
        0.942995,
      ],
      'embedding/embeddings': [
        -0.902435, 0.686372, 0.395203, -1.084286, 0.492461, 0.670903, -0.999645, 0.209235, 0.785076,
        -0.751049, -0.185106, 0.908291,
      ],
      'c/kernel': [
        -0.777969, -0.92295, -0.245153, 0.712681, 1.033614, 0.369886, -0.649798, -0.992992, -0.459049,
        0.386859, 0.930045, 0.705612, -0.15995, -0.943526, -0.872431,
      ],
      'out/kernel': [-0.004292, 0.149366, 0.165084, 0.067021],
    },
  ],
}

test.each(Object.entries(keras))('%s: numbers of Keras', async (_name, [optimizer, numbers]) => {
  const weights = await trained(optimizer, small)
  for (const [path, expected] of Object.entries(numbers))
    expectClose(path, weights.of(path), Float32Array.from(expected), 1e-5)
})

const large: Shapes = {
  'a/kernel': [37, 70],
  'a/bias': [1500],
  'b/kernel': [70, 37],
  'c/kernel': [37, 70],
  scale: [],
}
const norm = (values: readonly number[]): number => Math.hypot(...values)
const bias = (rate: number, t: number): number => (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)

/** A weight after steps of Lamb. */
function lamb(start: readonly number[], g: readonly number[], steps: number): number[] {
  const w = [...start]
  const [m, v] = [w.map(() => 0), w.map(() => 0)]
  for (let t = 1; t <= steps; t++) {
    const u = g.map((x, i) => {
      m[i] = (m[i] ?? 0) + (x - (m[i] ?? 0)) * 0.1
      v[i] = (v[i] ?? 0) + (x * x - (v[i] ?? 0)) * 0.001
      return (m[i] ?? 0) / (1 - 0.9 ** t) / (Math.sqrt((v[i] ?? 0) / (1 - 0.999 ** t)) + 1e-7)
    })
    const ratio = norm(w) > 0 && norm(u) > 0 ? norm(w) / norm(u) : 1
    u.forEach((x, i) => {
      w[i] = (w[i] ?? 0) - 0.05 * ratio * x
    })
  }
  return w
}

type Matrix = readonly (readonly number[])[]
const transposed = (a: Matrix): number[][] => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0))
const product = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => transposed(b).map((column) => row.reduce((sum, x, k) => sum + x * (column[k] ?? 0), 0)))
const combined = (a: Matrix, b: Matrix, [p, q]: readonly [number, number]): number[][] =>
  a.map((row, i) => row.map((x, j) => p * x + q * (b[i]?.[j] ?? 0)))

/** A matrix after steps of Muon, or another weight after those of Adam. */
function muon(start: readonly number[], g: readonly number[], steps: number, shape: Shape): number[] {
  const w = [...start]
  const [m, v] = [w.map(() => 0), w.map(() => 0)]
  const [rows = 1, columns = 1] = shape
  for (let t = 1; t <= steps; t++) {
    if (shape.length !== 2) {
      g.forEach((x, i) => {
        m[i] = (m[i] ?? 0) + (x - (m[i] ?? 0)) * 0.1
        v[i] = (v[i] ?? 0) + (x * x - (v[i] ?? 0)) * 0.001
        w[i] = (w[i] ?? 0) * (1 - 0.004 * 0.05)
        w[i] = (w[i] ?? 0) - (bias(0.05, t) * (m[i] ?? 0)) / (Math.sqrt(v[i] ?? 0) + 1e-7)
      })
      continue
    }
    const d = g.map((x, i) => {
      m[i] = 0.95 * (m[i] ?? 0) + x
      return x + 0.95 * (m[i] ?? 0)
    })
    const length = norm(d) + 1e-7
    let x: number[][] = Array.from({ length: rows }, (_, i) =>
      d.slice(i * columns, (i + 1) * columns).map((value) => value / length),
    )
    if (rows > columns) x = transposed(x)
    for (let i = 0; i < 5; i++) {
      const a = product(x, transposed(x))
      x = combined(x, product(combined(a, product(a, a), [-4.775, 2.0315]), x), [3.4445, 1])
    }
    if (rows > columns) x = transposed(x)
    x.flat().forEach((value, i) => {
      w[i] = (w[i] ?? 0) * (1 - 0.004 * 0.05)
      w[i] = (w[i] ?? 0) - 0.05 * 0.2 * Math.sqrt(Math.max(rows, columns)) * value
    })
  }
  return w
}

describe.each([
  ['Lamb', () => Lamb(0.05), lamb, 2],
  // Behind weight decay one launch, and 22 for each of two shapes.
  ['Muon', () => Muon(0.05), muon, 2 + 2 * 22],
] as const)('%s', (_name, make, reference, launches) => {
  test('weights of several chunks and of odd sizes', async () => {
    const weights = await trained(make(), large, { steps: 2 })
    expect(weights.launches).toBe(launches)
    const [starts, gradients] = [sines(large, 1.3), sines(large, 0.7)]
    for (const [path, shape] of Object.entries(large)) {
      const expected = reference(starts[path] ?? [], gradients[path] ?? [], 2, shape)
      expectClose(path, weights.of(path), Float32Array.from(expected), 5e-5)
    }
  })

  test('a step that overflowed changes nothing; with a scaled loss the device counts updates', async () => {
    const shapes: Shapes = { 'a/kernel': [3, 5], 'a/bias': [7] }
    const starts = sines(shapes, 1.3)
    const skipped = await trained(make(), shapes, { steps: 1, scaling: [8, 0, 4, 0, 0] })
    for (const path of Object.keys(shapes))
      expect(skipped.of(path)).toEqual(Float32Array.from(starts[path] ?? []))
    const first = await trained(make(), shapes, { steps: 1, scaling: [1, 0, 1, 1, 0] })
    for (const [path, shape] of Object.entries(shapes)) {
      const expected = reference(starts[path] ?? [], sines(shapes, 0.7)[path] ?? [], 1, shape)
      expectClose(path, first.of(path), Float32Array.from(expected), 5e-5)
    }
  })
})
