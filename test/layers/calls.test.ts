/**
 * A layer that is called more than once in a step, by itself or at every time step: as in Keras each call draws anew and
 * goes on from the moving means and states that the one before it left.
 */
import { expect, test } from 'vitest'
import {
  BatchNormalization,
  type CallableLayer,
  Dense,
  Dropout,
  Flatten,
  Input,
  LSTM,
  Model,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

const BATCH = 3

/** For each call of a layer with a tensor of ones, what it gives in a training step, [samples, ...]. */
async function trainedOutputs(
  layer: CallableLayer,
  shape: readonly number[],
  calls = 1,
): Promise<number[][]> {
  const input = Input(shape)
  const heads = Array.from({ length: calls }, () =>
    Dense(1, { useBias: false, kernelInitializer: 'zeros' })(Flatten()(layer(input))),
  )
  const model = Model(input, heads)
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const size = shape.reduce((a, b) => a * b, 1)
  const ones = tensor(new Float32Array(BATCH * size).fill(1), [BATCH, ...shape])
  // The gradient of a head's kernel is −2/B · Σ y·output; targets that are powers of 8 keep the samples apart.
  const targets = tensor([1, 8, 64], [BATCH, 1])
  const gradients = Object.values(
    await model.gradients(ones, calls === 1 ? targets : heads.map(() => targets)),
  )
  return gradients.map(({ data }) => {
    const digits = [...data].map((value) => Math.round(-value * BATCH * 0.5))
    return [0, 1, 2].flatMap((sample) => digits.map((digit) => Math.floor(digit / 8 ** sample) % 8))
  })
}

onCpuFirst(() => {
  test('TimeDistributed(BatchNormalization) takes the moments of each step', async () => {
    const model = Sequential([TimeDistributed(BatchNormalization({ momentum: 0 }), { inputShape: [2, 1] })])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    await model.trainOnBatch(
      [
        [[0], [10]],
        [[2], [12]],
      ],
      [
        [[0], [0]],
        [[0], [0]],
      ],
    )
    const [, , mean, variance] = await model.getWeights()
    expectClose('moving mean and variance', [...(mean?.data ?? []), ...(variance?.data ?? [])], [11, 1], 1e-6)
  })

  test('a BatchNormalization that is called twice moves its means twice, by what comes out last first', async () => {
    const layer = BatchNormalization({ momentum: 0.5 })
    const inputs = [Input([1]), Input([1])]
    const model = Model(
      inputs,
      inputs.map((input) => layer(input)),
    )
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const [a, b] = [tensor([0, 2], [2, 1]), tensor([10, 14], [2, 1])]
    await model.trainOnBatch([a, b], [a, b])
    const [, , mean, variance] = await model.getWeights()
    const twice = (start: number, first: number, second: number) => ((start + first) / 2 + second) / 2
    expectClose('moving mean', mean?.data, [twice(0, 12, 1)], 1e-6)
    expectClose('moving variance', variance?.data, [twice(1, 4, 1)], 1e-6)
  })

  test('every time step is dropped by itself', async () => {
    setSeed(4)
    const [kept = []] = await trainedOutputs(TimeDistributed(Dropout(0.5)), [4, 16])
    const steps = Array.from({ length: BATCH * 4 }, (_, i) => kept.slice(16 * i, 16 * (i + 1)).join(''))
    expect(new Set(steps).size).toBe(BATCH * 4)
    expect(new Set(kept)).toEqual(new Set([0, 2]))
  })

  test('a noiseShape that shares draws over the batch does so within a time step', async () => {
    setSeed(4)
    const layer = TimeDistributed(Dropout(0.5, { noiseShape: [1, 16] }))
    const [kept = []] = await trainedOutputs(layer, [5, 16])
    const samples = Array.from({ length: BATCH }, (_, i) => kept.slice(80 * i, 80 * (i + 1)))
    expect(samples[1]).toEqual(samples[0])
    expect(samples[2]).toEqual(samples[0])
    const steps = [0, 1, 2, 3, 4].map((t) => samples[0]?.slice(16 * t, 16 * (t + 1)).join(''))
    expect(new Set(steps).size).toBe(5)
  })

  test.each([
    [[BATCH, 4, 8], ['']],
    [[null, 1, 8], ['t']],
    [[1, null, 8], ['s']],
    [
      [1, 1, 8],
      ['s', 't'],
    ],
    [
      [1, 4, 1],
      ['s', 'f'],
    ],
  ])('noiseShape %j', async (noiseShape, shared) => {
    setSeed(4)
    const [kept = []] = await trainedOutputs(Dropout(0.5, { noiseShape }), [4, 8])
    expect(new Set(kept)).toEqual(new Set([0, 2]))
    const at = (s: number, t: number, f: number) => kept[(s * 4 + t) * 8 + f]
    const axes = { s: [1, 0, 0], t: [0, 1, 0], f: [0, 0, 1] } as const
    for (const [axis, [ds, dt, df]] of Object.entries(axes)) {
      let differing = 0
      for (let i = 0; i < 2 * 3 * 7; i++) {
        const [s, t, f] = [i % 2, Math.floor(i / 2) % 3, Math.floor(i / 6)]
        differing += Number(at(s, t, f) !== at(s + ds, t + dt, f + df))
      }
      if (shared.includes(axis)) expect(differing, axis).toBe(0)
      else expect(differing, axis).toBeGreaterThan(0)
    }
  })

  test('a noiseShape that names a batch size refuses batches of another', async () => {
    const model = Sequential([Dropout(0.5, { noiseShape: [2, 1], inputShape: [3] }), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const before = await model.getWeights()
    const fit = model.fit(uniform([5, 3], 0, 1), uniform([5, 1], 0, 1), { batchSize: 2, verbose: 0 })
    await expect(fit).rejects.toThrow('expected a noiseShape for [1, 3]')
    expect(await model.getWeights()).toEqual(before)
  })

  test('a Dropout that is called twice draws twice', async () => {
    setSeed(4)
    const [first = [], second = []] = await trainedOutputs(Dropout(0.5), [32], 2)
    expect(second).not.toEqual(first)
    expect(new Set(second)).toEqual(new Set([0, 2]))
  })

  test('an LSTM that is called twice drops other inputs and states', async () => {
    setSeed(4)
    const layer = LSTM(2, { dropout: 0.5, recurrentDropout: 0.5 })
    const input = Input([3, 4])
    const model = Model(input, [layer(input), layer(input)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const x = uniform([2, 3, 4], -1, 1)
    const zeros = tensor(new Float32Array(4), [2, 2])
    const [, a, b] = [await model.trainOnBatch(x, [zeros, zeros])].flat()
    expect(Math.abs((a ?? 0) - (b ?? 0))).toBeGreaterThan(1e-4)
  })

  test('TimeDistributed(LSTM) that keeps states goes on from step to step, and no gradient flows back', async () => {
    const options = {
      returnSequences: true,
      kernelInitializer: 'ones',
      recurrentInitializer: 'ones',
    } as const
    const inner = LSTM(1, { stateful: true, ...options })
    const model = Sequential([TimeDistributed(inner, { batchShape: [2, 3, 2, 1] })])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const [x, y] = [uniform([2, 3, 2, 1], -1, 1, 1), uniform([2, 3, 2, 1], -1, 1, 2)]

    // The same step by step: states go in and come out.
    const [input, h, c] = [Input([2, 1]), Input([1]), Input([1])]
    const outputs = LSTM(1, { returnState: true, ...options })(input, { initialState: [h, c] })
    const single = Model([input, h, c], [...outputs])
    single.compile({ loss: ['mse', 'mse', 'mse'], optimizer: 'sgd' })
    const stepOf = (all: Tensor, t: number): Tensor =>
      tensor(
        [0, 1].flatMap((sample) => [...all.data.slice(6 * sample + 2 * t, 6 * sample + 2 * t + 2)]),
        [2, 2, 1],
      )
    let states = [tensor([0, 0], [2, 1]), tensor([0, 0], [2, 1])]
    const gradients: Record<string, number[]> = {}
    const expected: Tensor[] = []
    for (let t = 0; t < 3; t++) {
      const given = [stepOf(x, t), ...states]
      const [sequence, ...last] = await single.predict<Tensor[]>(given)
      if (sequence) expected.push(sequence)
      // The last states as their own targets add nothing.
      for (const [path, { data }] of Object.entries(await single.gradients(given, [stepOf(y, t), ...last]))) {
        const name = path.split('/').at(-1) ?? ''
        gradients[name] = [...data].map((value, i) => (gradients[name]?.[i] ?? 0) + value / 3)
      }
      states = last
    }
    for (const [path, { data }] of Object.entries(await model.gradients(x, y)))
      expectClose(`gradient of ${path}`, data, gradients[path.split('/').at(-1) ?? ''] ?? [], 1e-5)
    const predicted = await model.predict(x)
    expected.forEach((step, t) => {
      expectClose(`step ${t}`, stepOf(predicted, t).data, step.data, 1e-6)
    })
    // The next call goes on from the third step's states.
    const [again] = await single.predict<Tensor[]>([stepOf(x, 0), ...states])
    expectClose('next call', stepOf(await model.predict(x), 0).data, again?.data ?? [], 1e-6)
  })
})
