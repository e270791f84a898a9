/** SpectralNormalization: kernels and vectors after steps of training against the iteration in doubles, and refusals. */
import { expect, test } from 'vitest'
import {
  Dense,
  Dropout,
  Embedding,
  Input,
  LSTM,
  Sequential,
  SGD,
  SpectralNormalization,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [rows, features, units] = [4, 3, 2]
const rate = 0.5
const x = uniform([rows, features], -1, 1, 1)
const y = uniform([rows, units], -1, 1, 2)
const at = (values: ArrayLike<number>, i: number): number => values[i] ?? Number.NaN
const unit = (values: readonly number[]): readonly number[] => {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
  return values.map((value) => value / length)
}

interface State {
  readonly kernel: readonly number[]
  readonly u: readonly number[]
  readonly bias: readonly number[]
}

const predicted = ({ kernel, bias }: State): readonly number[] =>
  Array.from({ length: rows * units }, (_, i) => {
    const [row, column] = [Math.floor(i / units), i % units]
    const terms = Array.from(
      { length: features },
      (_, k) => at(x.data, row * features + k) * at(kernel, k * units + column),
    )
    return terms.reduce((sum, term) => sum + term, at(bias, column))
  })

/** The kernel over its largest singular value, by power iteration. */
function divided({ kernel, u: start, bias }: State, iterations: number): State {
  let u = start
  let product: readonly number[] = []
  for (let i = 0; i < iterations; i++) {
    const v = unit(
      Array.from({ length: kernel.length / units }, (_, k) =>
        u.reduce((sum, value, c) => sum + value * at(kernel, k * units + c), 0),
      ),
    )
    product = u.map((_, c) => v.reduce((sum, value, k) => sum + value * at(kernel, k * units + c), 0))
    u = unit(product)
  }
  const sigma = product.reduce((sum, value, c) => sum + value * at(u, c), 0)
  return { kernel: kernel.map((value) => value / sigma), u, bias }
}

function slopesOf(state: State): { readonly kernel: readonly number[]; readonly bias: readonly number[] } {
  const slopes = predicted(state).map((value, i) => (2 * (value - at(y.data, i))) / (rows * units))
  const overRows = (column: number, factor: (row: number) => number): number =>
    Array.from({ length: rows }, (_, row) => at(slopes, row * units + column) * factor(row)).reduce(
      (a, b) => a + b,
      0,
    )
  return {
    kernel: state.kernel.map((_, i) =>
      overRows(i % units, (row) => at(x.data, row * features + Math.floor(i / units))),
    ),
    bias: state.bias.map((_, column) => overRows(column, () => 1)),
  }
}

async function stateOf(model: ReturnType<typeof make>): Promise<State> {
  const [kernel, u, bias] = (await model.getWeights()).map(({ data }) => [...data])
  return { kernel: kernel ?? [], u: u ?? [], bias: bias ?? [] }
}

function make(iterations: number) {
  const model = Sequential([
    Input([features]),
    SpectralNormalization(Dense(units), iterations, { name: 'norm' }),
  ])
  model.compile({ optimizer: SGD(rate), loss: 'mse' })
  return model
}

onEachBackend(() => {
  test.each([1, 3])('%j iterations a step', async (iterations) => {
    const model = make(iterations)
    expect(model.weights.map(({ path, shape }) => [path.replace(/^.*norm/, ''), shape])).toEqual([
      [expect.stringMatching(/^\/dense(_\d+)?\/kernel$/), [features, units]],
      ['/vector_u', [1, units]],
      [expect.stringMatching(/^\/dense(_\d+)?\/bias$/), [units]],
    ])
    let state = await stateOf(model)
    const check = async (): Promise<void> => {
      const found = await stateOf(model)
      expectClose('kernel', found.kernel, state.kernel, 1e-5)
      expectClose('vector', found.u, state.u, 1e-5)
      expectClose('bias', found.bias, state.bias, 1e-5)
      // Predictions take the kernel as it is.
      expectClose('prediction', (await model.predict<Tensor>(x, quiet)).data, predicted(state), 1e-5)
    }
    for (let step = 0; step < 3; step++) {
      await check()
      const next = divided(state, iterations)
      const slopes = slopesOf(next)
      // Gradients are those of the divided kernel, and change nothing.
      const gradients = Object.values(await model.gradients(x, y))
      expectClose('gradient', gradients[0]?.data, slopes.kernel, 1e-5)
      expectClose('gradient of the bias', gradients[1]?.data, slopes.bias, 1e-5)
      const { history } = await model.fit(x, y, { ...quiet, batchSize: rows, shuffle: false })
      const errors = predicted(next).map((value, i) => (value - at(y.data, i)) ** 2)
      expectClose('loss', history.loss, [errors.reduce((a, b) => a + b, 0) / errors.length], 1e-5)
      const moved = (values: readonly number[], by: readonly number[]) =>
        values.map((value, i) => value - rate * at(by, i))
      state = { kernel: moved(next.kernel, slopes.kernel), u: next.u, bias: moved(next.bias, slopes.bias) }
    }
    await check()
    model.dispose()
  })

  test.each([5, 2 ** 15 + 1])('a table of %j embeddings is divided whole, and looked up', async (count) => {
    const model = Sequential([Input([2]), SpectralNormalization(Embedding(count, 2, { name: 'table' }))])
    model.compile({ optimizer: SGD(rate), loss: 'mse' })
    const ids = tensor([0, 1, 4, 1], [2, 2])
    const targets = uniform([2, 2, 2], -1, 1, 4)
    const [table, start] = (await model.getWeights()) as [Tensor, Tensor]
    const { kernel, u } = divided({ kernel: [...table.data], u: [...start.data], bias: [0, 0] }, 1)
    const found = (values: ArrayLike<number>) =>
      [...ids.data].flatMap((id) => [0, 1].map((i) => at(values, 2 * id + i)))
    const slopes = found(kernel).map((value, i) => (2 * (value - at(targets.data, i))) / targets.data.length)
    await model.trainOnBatch(ids, targets)
    const after = (await model.getWeights()) as [Tensor, Tensor]
    expectClose('vector', after[1].data, u, 1e-5)
    const moved = Float64Array.from(kernel)
    found(kernel).forEach((_, i) => {
      moved[2 * at(ids.data, i >> 1) + (i % 2)] =
        at(moved, 2 * at(ids.data, i >> 1) + (i % 2)) - rate * at(slopes, i)
    })
    expectClose('table', after[0].data, [...moved], 1e-5)
    model.dispose()
  })

  test('a kernel of zeros stays, and its vector with it', async () => {
    const norm = SpectralNormalization(Dense(units, { kernelInitializer: 'zeros' }))
    const model = Sequential([Input([features]), norm])
    model.compile({ optimizer: SGD(0), loss: 'mse' })
    const before = await stateOf(model)
    await model.fit(x, y, { ...quiet, batchSize: rows })
    expect(await stateOf(model)).toEqual(before)
    model.dispose()
  })
})

test.each<[string, () => unknown, string]>([
  [
    'a layer without a kernel',
    () => SpectralNormalization(Dropout(0.5, { name: 'drop' }), { name: 'norm' })(Input([3])),
    'SpectralNormalization "norm": expected a layer that has a kernel, such as Dense or Conv2D, or an Embedding, got Dropout "drop".',
  ],
  [
    'a layer whose cell has the kernel',
    () => SpectralNormalization(LSTM(3, { name: 'lstm' }), { name: 'norm' })(Input([3, 2])),
    'SpectralNormalization "norm": expected a layer that has a kernel, such as Dense or Conv2D, or an Embedding, got LSTM "lstm".',
  ],
  [
    'no iteration',
    () => SpectralNormalization(Dense(1), 0, { name: 'norm' }),
    'SpectralNormalization "norm": expected powerIterations to be a positive integer, got 0.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})

test('refused: training of a frozen kernel', async () => {
  const model = Sequential([
    Input([features]),
    SpectralNormalization(Dense(units, { name: 'in' }), { name: 'norm' }),
    Dense(units),
  ])
  ;(model.layers[0] as { trainable: boolean }).trainable = false
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  await expect(model.fit(x, y, quiet)).rejects.toThrow(
    'SpectralNormalization "norm": expected a layer whose kernel training may change, got Dense "in", which is frozen.',
  )
})
