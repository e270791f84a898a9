// Penalties and constraints on weights in flat memory, against sums in doubles.
import { expect, test } from 'vitest'
import { assignUpdated, type Bounds, constrain, tilesOf } from '../../src/ops/constrain.ts'
import { chunksOf, penalty } from '../../src/ops/penalty.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const sumOver = (values: Iterable<number>, term: (w: number) => number): number =>
  [...values].reduce((sum, w) => sum + term(w), 0)

test.each([1, 8])(
  'penalties on some of the weights, and their gradients times a scale of %i',
  async (scale) => {
    const penalized = [
      { offset: 3, size: 1031, l1: 0.5, l2: 0.25 },
      { offset: 1100, size: 65, l1: 0, l2: 2 },
    ]
    const [weights, gradients] = [uniform([1200], -1, 1, 1), uniform([1200], -1, 1, 2)]
    const { outputs, memory } = await checkOp(
      (graph, { scaling, ...inputs }: { weights: never; gradients: never; scaling: never }) =>
        penalty(graph, { ...inputs, ...(scale > 1 && { scaling }), chunks: chunksOf(graph, penalized) }, {}),
      { inputs: { weights, gradients, scaling: tensor([scale], [1]) }, attrs: {}, roundings: 40, floor: 1 },
    )
    const wanted = Float64Array.from(gradients.data)
    let total = 0
    for (const { offset, size, l1, l2 } of penalized) {
      total += sumOver(weights.data.subarray(offset, offset + size), (w) => l1 * Math.abs(w) + l2 * w * w)
      for (let i = offset; i < offset + size; i++) {
        const w = weights.data[i] ?? 0
        wanted[i] = (wanted[i] ?? 0) + scale * (l1 * Math.sign(w) + 2 * l2 * w)
      }
    }
    expect(sumOver(outputs.sums, (sum) => sum) / outputs.sums.length).toBeCloseTo(total, 3)
    wanted.forEach((value, i) => {
      expect(memory.gradients?.[i]).toBeCloseTo(value, 5)
    })
  },
)

test('training differentiates by a penalty', async () => {
  // Far from 0, where Σ|w| has no slope.
  const weights = uniform([67], 0.25, 1, 3)
  const factors = { l1: 0.5, l2: 0.25 }
  await checkOp(
    (graph, inputs: { weights: never }) =>
      penalty(graph, { ...inputs, chunks: chunksOf(graph, [{ offset: 0, size: 67, ...factors }]) }, factors),
    { inputs: { weights }, attrs: {}, by: ['weights'], loss: 'sums', roundings: 40, floor: 1 },
  )
})

const norms = (axes: readonly number[], least: number, most: number, rate = 1): Bounds => ({
  least,
  most,
  rate,
  axes,
})

const constrained = [
  { shape: [5, 67], bounds: norms([0], 0, 0.5) },
  { shape: [7, 130], bounds: norms([1], 9, 10, 0.5) },
  { shape: [19, 3], bounds: norms([-1], 1, 1) },
  { shape: [3, 3, 2, 5], bounds: norms([0, 1, 2], 0, 1) },
  { shape: [3, 5, 4], bounds: norms([0, 2], 1, 1) },
  { shape: [2, 3, 5], bounds: norms([1], 1, 1) },
  { shape: [4], bounds: norms([0], 0, 0.25) },
  { shape: [4099], bounds: null },
]

/** A weight after its constraint, in doubles. */
function constrainedInDoubles(
  w: Float64Array,
  shape: readonly number[],
  bounds: Bounds | null,
): Float64Array {
  if (bounds === null) return w.map((value) => Math.max(value, 0))
  const over = bounds.axes.map((axis) => (axis < 0 ? axis + shape.length : axis))
  const vectorOf = (index: number): string => {
    const place = shape.map((extent, axis) => Math.floor(index / sizeOf(shape.slice(axis + 1))) % extent)
    return String(place.filter((_, axis) => !over.includes(axis)))
  }
  const squares = new Map<string, number>()
  for (const [i, value] of w.entries())
    squares.set(vectorOf(i), (squares.get(vectorOf(i)) ?? 0) + value * value)
  return w.map((value, i) => {
    const norm = Math.sqrt(squares.get(vectorOf(i)) ?? 0)
    const wanted = Math.min(Math.max(norm, bounds.least), bounds.most)
    return (value * (bounds.rate * wanted + (1 - bounds.rate) * norm)) / (norm + 1e-7)
  })
}

test.each([1, 0])('constraints on weights after an update, of which %i were made', async (made) => {
  let end = 2
  const weights = constrained.map(({ shape, bounds }) => {
    const offset = end
    end += sizeOf(shape) + 1
    return { where: 'w', offset, shape, bounds }
  })
  const parameters = uniform([end], -1, 1, 4)
  const scaling = tensor([1, 0, 0, made], [4])
  const { memory } = await checkOp(
    (graph, inputs: { parameters: never; scaling: never }) =>
      constrain(graph, { ...inputs, tiles: tilesOf(graph, weights) }, {}),
    { inputs: { parameters, scaling }, attrs: {}, roundings: 40, floor: 1 },
  )
  const wanted = Float64Array.from(parameters.data)
  for (const { offset, shape, bounds } of made ? weights : []) {
    const w = wanted.subarray(offset, offset + sizeOf(shape))
    w.set(constrainedInDoubles(w, shape, bounds))
  }
  wanted.forEach((value, i) => {
    expect(memory.parameters?.[i]).toBeCloseTo(value, 5)
  })
})

test.each([1, 0])(
  'what a constraint of one’s own gives is assigned after an update, of which %i were made',
  async (made) => {
    const inputs = {
      x: uniform([67], 0, 1, 5),
      destination: uniform([67], 0, 1, 6),
      scaling: tensor([1, 0, 0, made], [4]),
    }
    const { memory } = await checkOp(assignUpdated, { inputs, attrs: {} })
    expect(memory.destination).toEqual((made ? inputs.x : inputs.destination).data)
  },
)
