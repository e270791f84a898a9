// Attention of several heads by whole models: masks of scores in every form that broadcasts, windows, gradients, dropout, f16.
import { afterEach, expect, test } from 'vitest'
import {
  config,
  type DtypePolicy,
  Input,
  Model,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

afterEach(() => config.setDtypePolicy('float32'))

const [B, H, T, S, D] = [2, 3, 4, 5, 6]
const q = uniform([B, T, D], -1, 1, 1)
const v = uniform([B, S, D], -1, 1, 2)
const target = uniform([B, T, D], -1, 1, 3)

interface Options extends MultiHeadAttentionOptions {
  /** The shape of the attentionMask of one sample. */
  readonly mask?: readonly number[]
  readonly policy?: DtypePolicy
}

/** MultiHeadAttention of q to v, with the scores as a second output. */
function make({ mask, policy = 'float32', ...options }: Options, scored = true) {
  setSeed(4)
  config.setDtypePolicy(policy)
  const [query, value] = [Input([T, D]), Input([S, D])]
  const attentionMask = mask ? Input(mask) : null
  const layer = MultiHeadAttention(H, 2, { ...options, seed: 9 })
  const outputs = scored
    ? [...layer(query, value, { attentionMask, returnAttentionScores: true })]
    : [layer(query, value, { attentionMask })]
  const model = Model(attentionMask ? [query, value, attentionMask] : [query, value], outputs)
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

/** Scores [B, H, T, S] of which only those count that a rule says, each row's sum 1 again, or 0 where none counts. */
function limited({ data }: Tensor, sees: (b: number, h: number, i: number, j: number) => boolean): number[] {
  return Array.from({ length: B * H * T }, (_, row) => {
    const [b, h, i] = [Math.floor(row / T / H), Math.floor(row / T) % H, row % T]
    const kept = Array.from({ length: S }, (_, j) => (sees(b, h, i, j) ? (data[row * S + j] ?? 0) : 0))
    const total = kept.reduce((sum, weight) => sum + weight, 0)
    return kept.map((weight) => (total > 0 ? weight / total : 0))
  }).flat()
}

const forms = [
  [T, S],
  [1, S],
  [T, 1],
  [1, T, S],
  [H, T, S],
  [H, 1, S],
  [H, T, 1],
  [1, 1, S],
]
const windows = [1, 2, 3]

test.each(['cpu', 'webgpu'] as const)('%s: masks of scores, and windows', async (backend) => {
  await chooseBackend(backend)
  const plain = make({})
  const [, all] = await plain.predict<[Tensor, Tensor]>([q, v])
  plain.dispose()
  for (const shape of forms) {
    const model = make({ mask: shape })
    const data = Float32Array.from(
      { length: B * sizeOf(shape) },
      (_, i) => [1, 0, 0.5, -2, 0][(i * 3) % 7] ?? 1,
    )
    const [, scores] = await model.predict<[Tensor, Tensor]>([q, v, tensor(data, [B, ...shape])])
    const [heads = 1, rows = 1, columns = 1] = [1, 1, ...shape].slice(-3)
    const expected = limited(all, (b, h, i, j) => {
      const place = ((b * heads + (h % heads)) * rows + (i % rows)) * columns + (j % columns)
      return data[place] !== 0
    })
    expectClose(`mask [${shape}]`, scores.data, expected, 1e-6, 1)
    model.dispose()
  }
  for (const slidingWindow of windows) {
    const model = make({ slidingWindow })
    const [, scores] = await model.predict<[Tensor, Tensor]>([q, v])
    const expected = limited(all, (_b, _h, i, j) => Math.abs(i - j) < slidingWindow)
    expectClose(`window ${slidingWindow}`, scores.data, expected, 1e-6, 1)
    model.dispose()
  }
})

test('gradients are those of differences, on both backends', async () => {
  await chooseBackend('cpu')
  const mask = tensor(
    Float32Array.from({ length: B * T * S }, (_, i) => Number(i % 3 !== 1)),
    [B, T, S],
  )
  const model = make({ mask: [T, S], slidingWindow: 4, useGate: true }, false)
  const inputs = [q, v, mask]
  const start = (await model.getWeights()).map(({ shape }, i) => uniform(shape, -1, 1, 20 + i))
  const lossAt = async (weights: readonly Tensor[]): Promise<number> => {
    model.setWeights(weights)
    const { data } = await model.predict<Tensor>(inputs)
    return data.reduce((sum, y, i) => sum + (y - (target.data[i] ?? 0)) ** 2, 0) / data.length
  }
  const slopes: number[] = []
  for (const [which, weight] of start.entries()) {
    const directed = (step: number) =>
      start.map((other, i) =>
        i === which
          ? tensor(
              other.data.map((value, j) => value + step * (j % 2 ? 1 : -1)),
              weight.shape,
            )
          : other,
      )
    const h = 2 ** -6
    const [near, far] = [
      (await lossAt(directed(h))) - (await lossAt(directed(-h))),
      (await lossAt(directed(2 * h))) - (await lossAt(directed(-2 * h))),
    ]
    slopes.push((8 * near - far) / (12 * h))
  }
  model.setWeights(start)
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    const gradients = await model.gradients(inputs, target)
    const along = model.weights.map(({ path }) =>
      [...(gradients[path]?.data ?? [])].reduce((sum, g, j) => sum + g * (j % 2 ? 1 : -1), 0),
    )
    expectClose(backend, along, slopes, 1e-4, 0.1)
  }
  model.dispose()
})

test.each<[string, Options, number]>([
  ['dropout', { dropout: 0.4 }, 1e-5],
  ['mixed precision', { policy: 'mixed_float16' }, 2e-3],
  ['both', { dropout: 0.4, policy: 'mixed_float16' }, 2e-3],
])('backends train alike with %s', async (_what, options, tolerance) => {
  const losses: number[][] = []
  const plain = make({}, false)
  const initial = await plain.getWeights()
  const expected = await plain.trainOnBatch([q, v], target)
  plain.dispose()
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    const model = make(options, false)
    model.setWeights(initial)
    const steps: number[] = []
    for (let i = 0; i < 4; i++) steps.push(Number(await model.trainOnBatch([q, v], target)))
    losses.push(steps)
    model.dispose()
  }
  const [cpu = [], webgpu = []] = losses
  expectClose('losses', webgpu, cpu, tolerance)
  if (options.dropout) {
    // Each step drops other weights than the one before.
    expect(Math.abs((cpu[0] ?? 0) - Number(expected))).toBeGreaterThan(1e-3)
  } else expectClose('without f16', [cpu[0] ?? 0], [Number(expected)], tolerance)
})
