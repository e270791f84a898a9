/** Normalization, Rescaling and Identity, against definitions in doubles and the examples of Keras's documentation. */
import { describe, expect, test } from 'vitest'
import {
  Identity,
  Input,
  Normalization,
  Rescaling,
  Sequential,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { applied } from '../support/appliedLayer.ts'
import { chooseBackend } from '../support/backends.ts'
import { checkLayer, type Definition } from '../support/checkLayer.ts'
import { expectClose } from '../support/compare.ts'

const each =
  (fn: (x: number, i: number) => number): Definition =>
  ({ data, shape }) => ({ data: data.map(fn), shape })

test('Rescaling by numbers and by arrays', async () => {
  await checkLayer(
    () => Rescaling(2, -0.5),
    [2, 3],
    each((x) => 2 * x - 0.5),
  )
  const [scale, offset] = [
    [2, 3, 4],
    [1, -1, 0.5],
  ]
  await checkLayer(
    () => Rescaling({ scale, offset }),
    [2, 3],
    each((x, i) => x * (scale[i % 3] ?? 0) + (offset[i % 3] ?? 0)),
  )
  expect(() => Rescaling([1, 2])(Input([3]))).toThrow('shapes that broadcast')
  expect(() => Rescaling([[[1]]])(Input([3]))).toThrow('expected an array that broadcasts to [batch, 3], got')
})

test('Identity hands on tensors and masks', async () => {
  await checkLayer(
    () => Identity(),
    [2, 3],
    each((x) => x),
  )
  const inputs = [Input([2]), Input([3])]
  const outputs = Identity()(inputs) as unknown as SymbolicTensor[]
  expect(outputs.map(({ shape }) => shape)).toEqual([
    [null, 2],
    [null, 3],
  ])
})

describe('Normalization', () => {
  const data = [
    [0, 7, 4],
    [2, 9, 6],
    [0, 7, 4],
    [2, 9, 6],
  ]

  test('of given moments, both ways', async () => {
    const options = { mean: [1, 2, 3], variance: [4, 0, 0.25] }
    const deviation = [2, 1e-7, 0.5]
    await checkLayer(
      () => Normalization({ ...options, mean: 3, variance: 2 }),
      [2, 3],
      each((x) => (x - 3) / Math.sqrt(2)),
    )
    await checkLayer(
      () => Normalization({ ...options, invert: true }),
      [2, 3],
      each((x, i) => x * (deviation[i % 3] ?? 0) + (options.mean[i % 3] ?? 0)),
    )
    await checkLayer(
      () => Normalization([1, 2], { mean: [[1], [2]], variance: [[4], [9]] }),
      [2, 3],
      each((x, i) => (x - 1 - (Math.floor(i / 3) % 2)) / (2 + (Math.floor(i / 3) % 2))),
    )
  })

  test("Keras's examples of adapt", async () => {
    const all = Normalization(null)
    await all.adapt([1, 2, 3, 4, 5])
    expectClose(
      'of all',
      [await applied(all, [1, 2, 3], [])].flat() as number[],
      [-Math.SQRT2, -Math.SQRT1_2, 0],
      1e-7,
    )
    const last = Normalization()
    await last.adapt(data)
    expect(await applied(last, [[0, 7, 4]])).toEqual([[-1, -1, -1]])
    const back = Normalization({ axis: -1, invert: true })
    await back.adapt(data)
    expect(await applied(back, [[1, 2, 3]])).toEqual([[2, 10, 8]])
  })

  test('the moments of streams, of several axes, and far from zero', async () => {
    const far = Float32Array.from({ length: 600 }, (_, i) => 1e6 + ((i * 7919) % 101) / 4)
    const x = tensor(far, [20, 5, 6])
    const expected = (axes: readonly number[]): number[][] => {
      const groups = new Map<string, number[]>()
      far.forEach((value, i) => {
        const place = [Math.floor(i / 30), Math.floor(i / 6) % 5, i % 6]
        const key = axes.map((axis) => place[axis]).join()
        groups.set(key, [...(groups.get(key) ?? []), value])
      })
      const means = [...groups.values()].map((list) => list.reduce((a, b) => a + b, 0) / list.length)
      const variances = [...groups.values()].map(
        (list, g) => list.reduce((a, b) => a + (b - (means[g] ?? 0)) ** 2, 0) / list.length,
      )
      return [means, variances]
    }
    const parts = [0, 8, 13].map((from, i) =>
      tensor(far.subarray(30 * from, 30 * ([8, 13, 20][i] ?? 0)), [([8, 13, 20][i] ?? 0) - from, 5, 6]),
    )
    async function* stream() {
      for (const part of parts) yield [part, tensor([0])]
    }
    for (const axis of [-1, 1, [1, 2], null] as const) {
      const kept = axis === null ? [] : [axis].flat().map((each) => (each < 0 ? 2 : each))
      for (const given of [x, parts, stream()]) {
        const layer = Normalization(axis)
        await layer.adapt(given)
        const [mean, variance, count] = layer.variables.map(({ value }) => value)
        const [means = [], variances = []] = expected(kept)
        expectClose('mean', mean, means, 1e-7)
        expectClose('variance', variance, variances, 1e-6)
        expect(count).toEqual(Float32Array.of(0))
      }
    }
  })

  test('arrays are done with when adapt returns, and a model that is there takes the new moments', async () => {
    const layer = Normalization()
    const model = Sequential([Input([1]), layer])
    expect(model.nonTrainableWeights.map(({ path }) => path.split('/').at(-1))).toEqual([
      'mean',
      'variance',
      'count',
    ])
    await chooseBackend('cpu')
    expect((await model.predict<Tensor>([[3]])).toArray()).toEqual([[3]])
    void layer.adapt([[1], [3]])
    expect((await model.predict<Tensor>([[3]])).toArray()).toEqual([[1]])
    model.dispose()
  })

  test('given moments are written', () => {
    const options = { axis: [1, 2], mean: [[1], [2]], variance: [[3], [4]], invert: true }
    expect(Normalization(options).getConfig()).toMatchObject(options)
    expect(Normalization(null).getConfig()).toMatchObject({ axis: [], mean: null, variance: null })
  })

  test('what is wrong is said', async () => {
    expect(() => Normalization({ mean: 1 })).toThrow('expected mean and variance, both or none')
    expect(() => Normalization({ mean: [[1]], variance: [[1]] })).toThrow(
      'at most 1 axes, as many as axis names',
    )
    expect(() => Normalization({ mean: [1, 2], variance: [1, 2] })(Input([3]))).toThrow(
      'expected mean that broadcasts to [3], got [2]',
    )
    expect(() => Normalization(0)(Input([3]))).toThrow('behind the batch, each once, got [0]')
    await expect(Normalization({ mean: 1, variance: 1 }).adapt([1])).rejects.toThrow(
      'without mean and variance',
    )
    await expect(Normalization().adapt([])).rejects.toThrow('expected numbers, got []')
    await expect(Normalization().adapt([[1, Number.NaN]])).rejects.toThrow('[0][1]: expected a finite number')
    await expect(Normalization().adapt(new Set())).rejects.toThrow('a stream that is empty')
    const layer = Normalization()
    await layer.adapt([[1, 2]])
    await expect(layer.adapt([[1, 2, 3]])).rejects.toThrow('expected inputs with [2] along')
  })
})
