// Attention layers against definitions in doubles, for options that no golden case has, and their refusals.
import { expect, test } from 'vitest'
import {
  AdditiveAttention,
  Attention,
  Dense,
  GroupQueryAttention,
  Input,
  Model,
  MultiHeadAttention,
  ops,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

const [T, S, D] = [3, 4, 2]
const q = uniform([1, T, D], -1, 1, 1)
const v = uniform([1, S, D], -1, 1, 2)
const at = (x: Tensor, row: number, k: number): number => x.data[row * D + k] ?? 0

/** Softmax over the keys that a query sees, 0 for the others. */
function weigh(scores: readonly number[], sees: (key: number) => boolean): number[] {
  const powers = scores.map((score, j) => (sees(j) ? Math.exp(score) : 0))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => (total > 0 ? power / total : 0))
}

onCpuFirst(() => {
  test('Attention with a mask of queries and one of keys gives scores and zeros', async () => {
    const [query, value] = [Input([T, D]), Input([S, D])]
    const [queries, keys] = [Input([T]), Input([S])]
    const [y, scores] = Attention()([query, value], {
      mask: [queries, keys],
      useCausalMask: true,
      returnAttentionScores: true,
    })
    const model = Model([query, value, queries, keys], [y, scores])
    const [valid, known] = [tensor([1, 0, 1], [1, T]), tensor([1, 0, 1, 1], [1, S])]
    const [outputs, weights] = await model.predict<Tensor[]>([q, v, valid, known])
    const expected = [0, 1, 2].map((i) =>
      weigh(
        [0, 1, 2, 3].map((j) => at(q, i, 0) * at(v, j, 0) + at(q, i, 1) * at(v, j, 1)),
        (j) => j <= i && known.data[j] === 1,
      ),
    )
    expectClose('scores', weights?.data, expected.flat(), 1e-6, 1)
    const means = expected.flatMap((row, i) =>
      [0, 1].map((k) => (i === 1 ? 0 : row.reduce((sum, weight, j) => sum + weight * at(v, j, k), 0))),
    )
    expectClose('outputs', outputs?.data, means, 1e-6, 1)
    model.dispose()
  })

  test('a key of its own has no mask, and a mask counts where it is not 0', async () => {
    const [query, value, key] = [Input([T, D]), Input([S, D]), Input([S, D])]
    const masks = [Input([T]), Input([S])] as const
    const y = Attention()([query, value, key], { mask: masks })
    const heads = MultiHeadAttention(1, D)(query, value, { key, mask: [...masks, Input([S])] })
    expect(heads.shape).toEqual([null, T, D])
    const model = Model([query, value, key, ...masks], y)
    const k = uniform([1, S, D], -1, 1, 3)
    const predict = (queries: number[], keys: number[]) =>
      model.predict<Tensor>([q, v, k, tensor(queries, [1, T]), tensor(keys, [1, S])])
    const expected = [0, 1, 2].flatMap((i) => {
      const scores = [0, 1, 2, 3].map((j) => at(q, i, 0) * at(k, j, 0) + at(q, i, 1) * at(k, j, 1))
      const weights = weigh(scores, (j) => j !== 1)
      return [0, 1].map((c) =>
        i === 1 ? 0 : weights.reduce((sum, weight, j) => sum + weight * at(v, j, c), 0),
      )
    })
    const ones = await predict([1, 0, 1], [1, 0, 1, 1])
    expectClose('outputs', ones.data, expected, 1e-6, 1)
    expect((await predict([0.5, 0, -3], [2, 0, 1e-30, -1])).data).toEqual(ones.data)
    model.dispose()
  })

  test.each([
    ['MultiHeadAttention', () => MultiHeadAttention(2, 3)],
    ['GroupQueryAttention', () => GroupQueryAttention(3, 2, 1)],
  ])('%s: a query that sees no key gets the mean of all values, or nothing', async (_name, make) => {
    setSeed(3)
    const [query, value, mask] = [Input([T, D]), Input([S, D]), Input([T, S])]
    const layer = make() as ReturnType<typeof MultiHeadAttention>
    const blind = layer(query, value, { attentionMask: mask })
    const [shown, scores] = layer(query, value, { attentionMask: mask, returnAttentionScores: true })
    const model = Model([query, value, mask], [blind, shown, scores])
    const sees = [1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1]
    const [mean, none, weights] = await model.predict<Tensor[]>([q, v, tensor(sees, [1, T, S])])
    // Projections are affine: of equal values any weights make what equal ones make of the mean.
    const means = [0, 1].map((k) => [0, 1, 2, 3].reduce((sum, j) => sum + at(v, j, k) / S, 0))
    const equal = tensor([...means, ...means, ...means, ...means], [1, S, D])
    const [flat] = await model.predict<Tensor[]>([q, equal, tensor(sees, [1, T, S])])
    expectClose('of the mean', mean?.data.slice(D, 2 * D), flat?.data.slice(D, 2 * D) ?? [], 1e-6, 1)
    expectClose('of others', mean?.data.slice(0, D), none?.data.slice(0, D) ?? [], 1e-6, 1)
    expect([...(none?.data.slice(D, 2 * D) ?? [])]).toEqual([0, 0])
    expect([0, 1].flatMap((h) => [...(weights?.data.slice((h * T + 1) * S, (h * T + 2) * S) ?? [])])).toEqual(
      Array(2 * S).fill(0),
    )
    // Equal weights follow from no scores: neither queries nor keys have a gradient.
    const one = Model([query, value, mask], ops.getItem(blind, [[], [1, 2]]))
    one.compile({ loss: 'mse' })
    const gradients = await one.gradients([q, v, tensor(sees, [1, T, S])], tensor([1, 2], [1, 1, D]))
    for (const [path, { data }] of Object.entries(gradients))
      expect(
        data.some((slope) => slope !== 0),
        path,
      ).toBe(!/(query|key)\//.test(path))
    model.dispose()
    one.dispose()
  })

  test('MultiHeadAttention over another axis is the same attention of what is transposed', async () => {
    const x = uniform([2, 3, 4, 5], -1, 1, 3)
    const make = (axis: number, shape: number[]) => {
      setSeed(2)
      const input = Input(shape)
      const layer = MultiHeadAttention(2, 3, { attentionAxes: axis, outputShape: [2, 2], useGate: true })
      return Model(input, layer(input, input))
    }
    const [rows, columns] = [make(2, [3, 4, 5]), make(1, [4, 3, 5])]
    const moved = new Float32Array(x.data.length)
    for (let i = 0; i < moved.length; i++) {
      const [b, r, c, f] = [Math.floor(i / 60), Math.floor(i / 20) % 3, Math.floor(i / 5) % 4, i % 5]
      moved[((b * 4 + c) * 3 + r) * 5 + f] = x.data[i] ?? 0
    }
    const a = await rows.predict<Tensor>(x)
    const b = await columns.predict<Tensor>(tensor(moved, [2, 4, 3, 5]))
    expect([a.shape, b.shape]).toEqual([
      [2, 3, 4, 2, 2],
      [2, 4, 3, 2, 2],
    ])
    const back = [...a.data].map((_, i) => {
      const [s, r, c, f] = [Math.floor(i / 48), Math.floor(i / 16) % 3, Math.floor(i / 4) % 4, i % 4]
      return b.data[((s * 4 + c) * 3 + r) * 4 + f] ?? Number.NaN
    })
    expectClose('outputs', back, a.data, 1e-6, 1)
  })
})

test('shapes that do not meet', () => {
  const layer = MultiHeadAttention(2, 2, { name: 'a' })
  expect(() => layer(Input([3, 4]), Input([3]))).toThrow(
    'MultiHeadAttention "a": expected query, value and key of as many axes, got [batch, 3, 4] and [batch, 3].',
  )
  expect(() => Attention({ name: 'b' })([Input([3, 4]), Input([5, 6])])).toThrow(
    'Attention "b": expected queries and keys of as many features, got [batch, 3, 4] and [batch, 5, 6].',
  )
  const frames = Input([3, 2, 4])
  expect(() => MultiHeadAttention(2, 2, { name: 'c' })(frames, frames, { mask: [Input([3]), null] })).toThrow(
    'MultiHeadAttention "c": expected no masks beside inputs of more than three axes, got inputs [batch, 3, 2, 4] with masks.',
  )
  expect(() => layer(Input([3, 4]), Input([5, 4]), { attentionMask: Input([3, 4]) })).toThrow(
    'an attentionMask that broadcasts to scores [batch, 2, 3, 5], got [batch, 3, 4].',
  )
})

// Numbers are Keras's.
const AS_MANY = [
  {
    what: 'AdditiveAttention with keys of one feature',
    layer: () => AdditiveAttention(),
    features: [3, 3, 1],
    outputs: [0.3654668927, 0.4244217873, 0.3517997861, 0.3825615942, 0.4035745859, 0.3261578083],
    scores: [
      0.1410450935, 0.2726219893, 0.4452877939, 0.1410450935, 0.1789869964, 0.2774167955, 0.3646092117,
      0.1789869964,
    ],
  },
  {
    what: 'AdditiveAttention with queries of one feature, which the scale has then, too',
    layer: () => AdditiveAttention(),
    features: [1, 3],
    outputs: [0.415050298, 0.3762457073, 0.2932353914, 0.4123398066, 0.3731290102, 0.2950887084],
    scores: [
      0.2071828991, 0.2830102146, 0.2710022032, 0.238804698, 0.2120140046, 0.2780402899, 0.2707349067,
      0.239210695,
    ],
  },
  {
    what: 'AdditiveAttention with values of one feature, which are keys, too',
    layer: () => AdditiveAttention(),
    features: [3, 1],
    outputs: [0.384016186, 0.3535217047],
    scores: [
      0.1319406033, 0.1992900074, 0.2855173945, 0.3832519948, 0.1684629023, 0.223973006, 0.2790564001,
      0.3285076022,
    ],
  },
  {
    what: 'AdditiveAttention without a scale',
    layer: () => AdditiveAttention({ useScale: false }),
    features: [1, 3],
    outputs: [0.427502811, 0.4025321901, 0.2865631878, 0.4225913882, 0.3962174952, 0.2903872132],
    scores: [
      0.1693354994, 0.3159689903, 0.289724797, 0.224970584, 0.1778255999, 0.3058302999, 0.2899703085,
      0.2263738066,
    ],
  },
  {
    what: 'Attention of sums with keys of one feature',
    layer: () => Attention({ scoreMode: 'concat' }),
    features: [3, 3, 1],
    outputs: [0.3780865073, 0.4044766128, 0.3328703046, 0.3885453045, 0.388401985, 0.317182004],
    scores: [
      0.1736098975, 0.2716062963, 0.3811739981, 0.1736098975, 0.2001433074, 0.2712199986, 0.3284933865,
      0.2001433074,
    ],
  },
  {
    what: 'Attention of sums with a scale and queries of one feature',
    layer: () => Attention({ scoreMode: 'concat', useScale: true }),
    features: [1, 3],
    outputs: [0.4107725024, 0.365023613, 0.2945612967, 0.410215795, 0.3645130992, 0.2949351072],
    scores: [
      0.2243088037, 0.2704623044, 0.2594799995, 0.2457489073, 0.2251850069, 0.2695780098, 0.2595342994,
      0.2457026945,
    ],
  },
] as const

onCpuFirst(() => {
  test.each(AS_MANY)('$what', async ({ layer, features, outputs, scores }) => {
    const made = layer()
    const rows = [2, 4, 4]
    const shapes = features.map((count, i) => [rows[i] as number, count])
    const inputs = shapes.map((shape) => Input(shape))
    const model = Model(inputs, made(inputs, { returnAttentionScores: true }))
    const weights = await model.getWeights()
    // 0.5, 0.75, 1, … in each weight.
    model.setWeights(
      weights.map(({ shape, data }) =>
        tensor(
          [...data].map((_, i) => 0.5 + 0.25 * i),
          shape,
        ),
      ),
    )
    const x = shapes.map((shape, i) => {
      const period = [7, 5, 3][i] as number
      const size = shape.reduce((a, b) => a * b)
      return tensor(
        Array.from({ length: size }, (_, k) => (k % period) / period),
        [1, ...shape],
      )
    })
    const [y, shares] = await model.predict<Tensor[]>(x)
    expectClose('outputs', y?.data, outputs, 1e-6, 1)
    expectClose('scores', shares?.data, scores, 1e-6, 1)
    model.dispose()
  })

  test('one feature that is added to all is trained by all', async () => {
    const [query, value] = [Input([2, 1]), Input([4, 3])]
    const model = Model([query, value], AdditiveAttention({ useScale: true })([Dense(1)(query), value]))
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const wide = Model([query, value], AdditiveAttention()([ops.repeat(Dense(1)(query), 3, -1), value]))
    wide.compile({ optimizer: 'sgd', loss: 'mse' })
    const [scale, kernel, bias] = [0.7, 0.3, 0.1]
    const set = (of: typeof model, count: number) =>
      of.setWeights(
        of.weights.map(({ name, shape }) =>
          name === 'scale'
            ? tensor(Array(count).fill(scale), shape)
            : tensor([name === 'kernel' ? kernel : bias], shape),
        ),
      )
    set(model, 1)
    set(wide, 3)
    const data = [uniform([4, 2, 1], -1, 1, 1), uniform([4, 4, 3], -1, 1, 2)]
    const target = uniform([4, 2, 3], -1, 1, 3)
    for (const each of [model, wide]) await each.fit(data, target, { batchSize: 4, epochs: 1, verbose: 0 })
    const changes = async (of: typeof model): Promise<Readonly<Record<string, number[]>>> =>
      Object.fromEntries(
        (await of.getWeights()).map(({ data: numbers }, i) => [of.weights[i]?.name, [...numbers]]),
      )
    const [a, b] = [await changes(model), await changes(wide)]
    expectClose('kernel', Float32Array.from(a.kernel ?? []), b.kernel ?? [], 1e-6, 1)
    expectClose('bias', Float32Array.from(a.bias ?? []), b.bias ?? [], 1e-6, 1)
    // The one scale moves by what the three move together.
    const moved = (b.scale ?? []).reduce((sum, now) => sum + now - scale, scale)
    expectClose('scale', Float32Array.from(a.scale ?? []), [moved], 1e-6, 1)
    for (const each of [model, wide]) each.dispose()
  })
})
