// Adafactor over several steps: both backends, and a reference in float64 that says Keras's formulas matrix by matrix.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { Adafactor } from '../../src/index.ts'
import type { Variable } from '../../src/layers/weights/variable.ts'
import { Layout } from '../../src/models/layout.ts'
import { type Shape, sizeOf } from '../../src/util/shape.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

// Vectors of one and of several chunks, matrices of one and of several blocks, narrow, wide and stacked ones.
const shapes: readonly Shape[] = [[3], [1500], [], [5, 7], [2, 37, 70], [1100, 1], [1, 300], [3, 2, 2, 2]]
const [rate, epsilon2, threshold] = [0.3, 0.4, 0.9]
const optimizer = Adafactor({ learningRate: rate, epsilon2, clipThreshold: threshold })
const weights = shapes.map((shape, i): Variable => {
  return { path: `w${i}`, shape, kind: 'weight', value: new Float32Array(sizeOf(shape)), home: null }
})
optimizer.build(weights)
const layout = new Layout([...weights, ...optimizer.variables], new Set(weights), 0)
const flat = (arena: string, low: number, seed: number): Tensor =>
  tensor(uniform([layout.sizeOf(arena)], low, 1, seed).data, [layout.sizeOf(arena)])
const given = {
  gradients: flat('parameters', -1, 1),
  parameters: flat('parameters', -1, 2),
  rows: flat('optimizer:r', 0.1, 3),
  columns: flat('optimizer:c', 0.1, 4),
  velocity: flat('optimizer:velocity', 0.1, 5),
}
type Inputs = Readonly<Record<keyof typeof given, Value>> & { readonly scaling?: Value }

function update(graph: Graph, { gradients, parameters, scaling, ...slots }: Inputs): Record<never, Value> {
  const { rows, columns, velocity } = slots
  const tensors = { gradients, parameters, scaling, layout, slots: [rows, columns, velocity] }
  optimizer.rule.lower(graph, tensors, optimizer)
  return {}
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const rms = (values: readonly number[]): number => Math.sqrt(sum(values.map((x) => x * x)) / values.length)

/** A step of a weight, of which `matrices` have so many rows and columns; vectors have no rows. */
function reference(
  { w, g, r, c, v }: Readonly<Record<'w' | 'g' | 'r' | 'c' | 'v', number[]>>,
  shape: Shape,
  t: number,
): void {
  const share = t ** -0.8
  const squares = g.map((x) => x * x + 1e-30)
  const [height = 0, width = 1] = shape.slice(-2)
  const mean = (old: number, values: readonly number[]): number =>
    (1 - share) * old + (share * sum(values)) / values.length
  if (shape.length < 2) for (const [i, x] of squares.entries()) v[i] = mean(v[i] ?? 0, [x])
  else {
    for (let m = 0; m < w.length / (height * width); m++) {
      const matrix = squares.slice(m * height * width, (m + 1) * height * width)
      for (let i = 0; i < height; i++)
        r[m * height + i] = mean(r[m * height + i] ?? 0, matrix.slice(i * width, (i + 1) * width))
      for (let j = 0; j < width; j++)
        c[m * width + j] = mean(
          c[m * width + j] ?? 0,
          matrix.filter((_, i) => i % width === j),
        )
      const all = sum(r.slice(m * height, (m + 1) * height)) / height
      for (let i = 0; i < matrix.length; i++)
        v[m * matrix.length + i] =
          ((r[m * height + Math.floor(i / width)] ?? 0) / all) * (c[m * width + (i % width)] ?? 0)
    }
  }
  const u = g.map((x, i) => x / Math.sqrt(v[i] ?? 0))
  const alpha = Math.max(epsilon2, rms(w)) * Math.min(rate, 1 / Math.sqrt(t))
  const excess = Math.max(1, rms(u) / threshold)
  for (const [i, x] of u.entries()) w[i] = (w[i] ?? 0) - (alpha * x) / excess
}

/** What the reference leaves of all weights after steps `from` to `to`, compared. */
function expectAfter(memory: Readonly<Record<string, Float32Array>>, from: number, to: number): void {
  for (const weight of weights) {
    const own = (variable: Variable | undefined, floats: Float32Array) => {
      const { offset } = layout.placeOf(variable ?? weight)
      return Array.from(floats.subarray(offset, offset + sizeOf((variable ?? weight).shape)))
    }
    const slot = (name: string): Variable | undefined =>
      optimizer.variables.find(({ path }) => path === `${weight.path}/${name}`)
    const of = { rows: slot('r'), columns: slot('c'), velocity: slot('velocity') }
    const start = (name: keyof typeof given, variable?: Variable) => own(variable, given[name].data)
    const expected = {
      parameters: start('parameters'),
      rows: start('rows', of.rows),
      columns: start('columns', of.columns),
      velocity: start('velocity', of.velocity),
    }
    const { parameters: w, rows: r, columns: c, velocity: v } = expected
    const g = start('gradients')
    for (let t = from; t <= to; t++) reference({ w, g, r, c, v }, weight.shape, t)
    for (const name of ['parameters', 'rows', 'columns', 'velocity'] as const) {
      const got = own(name === 'parameters' ? undefined : of[name], memory[name] ?? new Float32Array(0))
      expectClose(
        `${name} of ${weight.path}`,
        Float32Array.from(got),
        Float32Array.from(expected[name]),
        2e-5,
      )
    }
  }
}

test('files have r, c and v of each weight, numbers for r and c of vectors', () => {
  expect(optimizer.variables.slice(0, 3).map(({ shape }) => shape)).toEqual([[], [], [3]])
  expect(optimizer.variables.slice(12, 15).map(({ shape }) => shape)).toEqual([
    [2, 37],
    [2, 70],
    [2, 37, 70],
  ])
})

test('three launches a step, over workgroups in two dimensions', async () => {
  const steps = [4, 5, 6]
  const { memory, plan } = await checkOp(update, {
    inputs: given,
    attrs: {},
    steps: steps.map((step) => optimizer.scalars(step)),
    maxWorkgroups: 5,
    roundings: 64,
  })
  expect(plan.operations).toHaveLength(3)
  expectAfter(memory, 4, 6)
})

test('gradients of a scaled loss; the device counts updates', async () => {
  const [scale, updates] = [64, 20]
  const scaled = tensor(
    given.gradients.data.map((g) => scale * g),
    given.gradients.shape,
  )
  const after = async (factor: number) => {
    const scaling = tensor([scale, 0, updates, factor, 0, rate], [6])
    const inputs = { ...given, gradients: scaled, scaling }
    const steps = [{ ...optimizer.scalars(33), rate }]
    return (await checkOp(update, { inputs, attrs: {}, steps, roundings: 64 })).memory
  }
  expectAfter(await after(1 / scale), updates, updates)
  const skipped = await after(0)
  for (const name of ['parameters', 'rows', 'columns', 'velocity'] as const)
    expect(skipped[name]).toEqual(given[name].data)
})
