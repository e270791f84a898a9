/** Merge layers against their definitions: several inputs, broadcast, along every axis; and what Keras refuses. */
import { expect, test } from 'vitest'
import {
  Add,
  Average,
  add,
  Concatenate,
  concatenate,
  Dense,
  Dot,
  dot,
  Flatten,
  GlobalAveragePooling1D,
  Input,
  Maximum,
  Minimum,
  Multiply,
  multiply,
  Reshape,
  Subtract,
  type SymbolicTensor,
} from '../../src/index.ts'
import { checkLayer, type Grid, product } from '../support/checkLayer.ts'

type Connect = (x: SymbolicTensor) => SymbolicTensor
const projection = () => Dense(3, { useBias: false })

/** A function of each entry and the entries in its place. */
const entries = (f: (...values: number[]) => number, ...grids: readonly Grid[]): Grid => {
  const [{ data, shape }] = grids as [Grid]
  return { data: data.map((_, i) => f(...grids.map((grid) => grid.data[i] ?? 0))), shape }
}

const three = (layer: () => ReturnType<typeof Add>): Connect => {
  const [first, second] = [projection(), projection()]
  return (x) => layer()([first(x), x, second(x)])
}
test.each<[string, () => ReturnType<typeof Add>, (...values: number[]) => number]>([
  ['Add', Add, (a, b, c) => (a ?? 0) + (b ?? 0) + (c ?? 0)],
  ['Average', Average, (a, b, c) => ((a ?? 0) + (b ?? 0) + (c ?? 0)) / 3],
  ['Multiply', Multiply, (a, b, c) => (a ?? 0) * (b ?? 0) * (c ?? 0)],
  ['Maximum', Maximum, Math.max],
  ['Minimum', Minimum, Math.min],
])('%s of three inputs', async (_, layer, f) => {
  await checkLayer(
    () => three(layer),
    [2, 3],
    (x, w, v) => entries(f, product(x, w as Grid), x, product(x, v as Grid)),
  )
})

test('Subtract', async () => {
  await checkLayer(
    () => {
      const dense = projection()
      return (x) => Subtract()([dense(x), x])
    },
    [3],
    (x, w) => entries((a, b) => (a ?? 0) - (b ?? 0), product(x, w as Grid), x),
  )
})

/** The mean over time, [B, T, F] → [B, F]. */
const overTime = ({ data, shape: [batch = 1, time = 1, features = 1] }: Grid): Grid => ({
  data: Array.from({ length: batch * features }, (_, i) => {
    const [b, f] = [Math.floor(i / features), i % features]
    let sum = 0
    for (let t = 0; t < time; t++) sum += data[(b * time + t) * features + f] ?? 0
    return sum / time
  }),
  shape: [batch, features],
})

test.each<[string, Connect, (a: number, b: number) => number]>([
  ['Add', (x) => add([x, GlobalAveragePooling1D()(x)]), (a, b) => a + b],
  ['Average', (x) => Average()([GlobalAveragePooling1D()(x), x]), (a, b) => (a + b) / 2],
  ['Multiply', (x) => multiply([x, GlobalAveragePooling1D()(x)]), (a, b) => a * b],
  ['Maximum', (x) => Maximum()([x, GlobalAveragePooling1D()(x)]), Math.max],
])('%s of inputs of other ranks, aligned at the last axis', async (_, connect, f) => {
  await checkLayer(
    () => connect,
    [4, 3],
    (x) => {
      const [, time = 1, features = 1] = x.shape
      const means = overTime(x)
      return {
        data: x.data.map((value, i) => {
          const b = Math.floor(i / (time * features))
          return f(value, means.data[b * features + (i % features)] ?? 0)
        }),
        shape: x.shape,
      }
    },
  )
})

test.each([1, 2, -1, -2])('Concatenate along %i', async (axis) => {
  const along = axis < 0 ? axis + 3 : axis
  await checkLayer(
    () => (x) => concatenate([x, Reshape([2, 3])(Flatten()(x)), x], axis),
    [2, 3],
    ({ data, shape }) => {
      const [batch = 1, steps = 1, features = 1] = shape
      const rows = along === 1 ? batch : batch * steps
      const columns = data.length / rows
      const repeated = Array.from({ length: rows }, (_, row) => {
        const part = data.slice(row * columns, (row + 1) * columns)
        return [...part, ...part, ...part]
      }).flat()
      return {
        data: repeated,
        shape: along === 1 ? [batch, 3 * steps, features] : [batch, steps, 3 * features],
      }
    },
  )
})

/** Σ of products over one axis of each, by their definition. */
function dotOf(a: Grid, b: Grid, [p, q]: readonly [number, number]): Grid {
  const left = a.shape.filter((_, k) => k > 0 && k !== p)
  const right = b.shape.filter((_, k) => k > 0 && k !== q)
  const at = ({ data, shape }: Grid, index: readonly number[]): number =>
    data[index.reduce((sum, i, k) => sum * (shape[k] ?? 1) + i, 0)] ?? 0
  const indices = (shape: readonly number[]): number[][] =>
    shape.reduce<number[][]>(
      (all, extent) => all.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
      [[]],
    )
  const put = (index: readonly number[], axis: number, i: number) => [
    ...index.slice(0, axis),
    i,
    ...index.slice(axis),
  ]
  const data = Array.from({ length: a.shape[0] ?? 1 }, (_, batch) =>
    indices(left).flatMap((i) =>
      indices(right).map((j) => {
        let sum = 0
        for (let k = 0; k < (a.shape[p] ?? 1); k++)
          sum += at(a, put([batch, ...i], p, k)) * at(b, put([batch, ...j], q, k))
        return sum
      }),
    ),
  ).flat()
  const shape = [a.shape[0] ?? 1, ...left, ...right]
  return { data, shape: shape.length === 1 ? [...shape, 1] : shape }
}

/** Vectors along an axis divided by their lengths. */
function normalized({ data, shape }: Grid, axis: number): Grid {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  const extent = shape[axis] ?? 1
  const lengths = new Map<number, number>()
  const vectorOf = (i: number): number => Math.floor(i / (inner * extent)) * inner + (i % inner)
  data.forEach((value, i) => {
    lengths.set(vectorOf(i), (lengths.get(vectorOf(i)) ?? 0) + value ** 2)
  })
  return { data: data.map((value, i) => value / Math.sqrt(lengths.get(vectorOf(i)) ?? 1)), shape }
}

test.each<[number[], number[], number | [number, number], boolean]>([
  [[3], [3], 1, false],
  [[3], [3], -1, true],
  [[2, 3], [4, 3], [2, 2], false],
  [[2, 3], [4, 3], -1, true],
  [[2, 3], [2, 5], 1, true],
  [[2, 3], [3, 5], [2, 1], false],
  [[4, 3], [4], [1, 1], false],
  [[3], [2, 3], [1, 2], true],
  [[2, 3, 2], [5, 3], [2, 2], true],
  [[2, 3, 2], [2, 3, 2], 1, false],
])('Dot of samples %j and %j along %j, normalized: %s', async (left, right, axes, normalize) => {
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
  const [p, q] = (typeof axes === 'number' ? [axes, axes] : axes).map((axis, i) =>
    axis < 0 ? axis + [left, right][i]!.length + 1 : axis,
  ) as [number, number]
  await checkLayer(
    () => {
      const [a, b] = [left, right].map(
        (shape) => [Dense(size(shape), { useBias: false }), Reshape(shape)] as const,
      )
      return (x) => Dot(axes, { normalize })([a![1](a![0](x)), b![1](b![0](x))])
    },
    [3],
    (x, v, w) => {
      const shaped = (weight: Grid | undefined, shape: readonly number[]): Grid => ({
        data: product(x, weight as Grid).data,
        shape: [x.shape[0] ?? 1, ...shape],
      })
      const [a, b] = [shaped(v, left), shaped(w, right)]
      return normalize ? dotOf(normalized(a, p), normalized(b, q), [p, q]) : dotOf(a, b, [p, q])
    },
  )
})

test('a model of one launch for each merge', () => {
  const x = Input([4, 3])
  expect(dot([x, x], { axes: 2, normalize: true, name: 'cosines' }).shape).toEqual([null, 4, 4])
  expect(dot([x, x]).shape).toEqual([null, 4, 4])
  expect(concatenate([x, x], { axis: 1 }).shape).toEqual([null, 8, 3])
  expect(Concatenate()([x, x, x]).shape).toEqual([null, 4, 9])
  expect(Minimum()([x, Input([1, 3]), Input([3])]).shape).toEqual([null, 4, 3])
})

test('what does not fit is refused', () => {
  const [x, y] = [Input([4, 3]), Input([5])]
  expect(() => Subtract({ name: 'less' })([x, x, x])).toThrow(
    'Subtract "less": expected a list of two inputs, got 3.',
  )
  expect(() => Add({ name: 'sum' })([x, y])).toThrow(
    'Add "sum": expected inputs whose shapes broadcast, got [batch, 4, 3] and [batch, 5].',
  )
  expect(() => Add({ name: 'sum' })([Input([2], { batchSize: 3 }), Input([2], { batchSize: 4 })])).toThrow(
    'Add "sum": expected inputs of one batch size, got [3, 2] and [4, 2].',
  )
  expect(() => Concatenate(1, { name: 'joined' })([x, Input([4, 2])])).toThrow(
    'Concatenate "joined": expected inputs of one shape beside axis 1, got [batch, 4, 3] and [batch, 4, 2].',
  )
  expect(() => Concatenate(0, { name: 'joined' })([x, x])).toThrow(
    'expected inputs with an axis 0 beside the batch',
  )
  expect(() => Dot(1, { name: 'product' })([x, y])).toThrow(
    'Dot "product": expected inputs of one extent along axes 1 and 1, got [batch, 4, 3] and [batch, 5].',
  )
  expect(() => Dot([1, 3], { name: 'product' })([x, y])).toThrow(
    'expected inputs with axes [1, 3] beside the batch',
  )
})
