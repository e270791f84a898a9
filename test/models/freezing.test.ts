/** What `trainable` means: it counts from the next compile, for layers and models, and optimizer state stays with its weight. */
import { expect, test } from 'vitest'
import {
  Adam,
  BatchNormalization,
  Bidirectional,
  Dense,
  type LayersModel,
  LSTM,
  Sequential,
  type SequentialModel,
  setSeed,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([6, 3], -1, 1, 1), uniform([6, 1], -1, 1, 2)]

function normalized(): SequentialModel {
  setSeed(3)
  const model = Sequential([
    Dense(4, { inputShape: [3] }),
    BatchNormalization({ momentum: 0.5 }),
    Dense(1, { name: 'last' }),
  ])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

const freeze = (model: LayersModel): void => {
  for (const layer of model.layers) layer.trainable = false
}

/** Keras's Adam on y = a·b for x = 1 and the target 3; only b learns where `freezes` says so. */
function adamByHand(freezes: readonly boolean[]): [number, number][] {
  const [a, b] = [
    { value: 1, m: 0, v: 0 },
    { value: 1, m: 0, v: 0 },
  ]
  return freezes.map((isFrozen, i) => {
    const error = 2 * (a.value * b.value - 3)
    const gradients = [error * b.value, error * a.value]
    const rate = (0.1 * Math.sqrt(1 - 0.999 ** (i + 1))) / (1 - 0.9 ** (i + 1))
    for (const [k, weight] of [a, b].entries()) {
      if (k === 0 && isFrozen) continue
      const g = gradients[k] ?? Number.NaN
      weight.m += (g - weight.m) * (1 - 0.9)
      weight.v += (g * g - weight.v) * (1 - 0.999)
      weight.value -= (rate * weight.m) / (Math.sqrt(weight.v) + 1e-7)
    }
    return [a.value, b.value]
  })
}

onEachBackend(() => {
  test('a flag that is set in the middle of a fit changes nothing until the next compile', async () => {
    const [model, twin] = [normalized(), normalized()]
    const options = { ...quiet, epochs: 4, batchSize: 3, shuffle: false }
    const seen: number[][] = []
    const onEpochEnd = async (epoch: number): Promise<void> => {
      seen.push(await weightsOf(model))
      if (epoch === 1) freeze(model)
    }
    await model.fit(x, y, { ...options, callbacks: { onEpochEnd } })
    await twin.fit(x, y, options)
    // Another batch size: a step that is made after the flag was set.
    for (const trained of [model, twin]) await trained.trainOnBatch(rowsOf(x, 0, 5), rowsOf(y, 0, 5))
    expect(seen[2]).not.toEqual(seen[1])
    expect(await weightsOf(model)).toEqual(await weightsOf(twin))
    expect(Object.keys(await model.gradients(x, y))).toHaveLength(6)
    expect(model.trainableWeights).toHaveLength(0)

    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const before = await weightsOf(model)
    await model.fit(x, y, options)
    expect(await weightsOf(model)).toEqual(before)
    expect(await model.gradients(x, y)).toEqual({})
  })

  test('the same optimizer keeps its state for each weight, frozen in between or not', async () => {
    const model = Sequential(
      [1, 2].map(() => Dense(1, { inputShape: [1], useBias: false, kernelInitializer: 'ones' })),
    )
    const optimizer = Adam(0.1)
    const freezes = [false, false, false, false, false, true, true, true, false, false]
    const [one, three] = [tensor([1], [1, 1]), tensor([3], [1, 1])]
    const got: number[][] = []
    for (const isFrozen of freezes) {
      model.getLayer(0).trainable = !isFrozen
      model.compile({ loss: 'mse', optimizer })
      await model.trainOnBatch(one, three)
      got.push(await weightsOf(model))
    }
    // Keras 3.16's.
    expectClose(
      'b',
      [...(got[4] ?? []), got[5]?.[1] ?? 0, got[7]?.[1] ?? 0],
      [1.4966244, 1.4966244, 1.591917, 1.7723731],
      1e-5,
    )
    expectClose('a and b', got.flat(), adamByHand(freezes).flat(), 1e-5)
    expect(optimizer.iterations).toBe(freezes.length)
  })
})

test('model.trainable sets all its layers', () => {
  const model = normalized()
  const counts = (): number[] => [model.trainableWeights.length, model.nonTrainableWeights.length]
  let text = ''
  const printed = (): string => {
    model.summary({ printFn: (lines) => (text = lines) })
    return /Trainable params: (\d+)/.exec(text)?.[1] ?? ''
  }
  expect([...counts(), printed()]).toEqual([6, 2, '29'])
  model.trainable = false
  expect([...counts(), printed()]).toEqual([0, 8, '0'])
  expect(model.layers.map(({ trainable }) => trainable)).toEqual([false, false, false])
  // As in Keras, what a model does not train none of its layers trains.
  model.getLayer('last').trainable = true
  expect(counts()).toEqual([0, 8])
  model.trainable = true
  expect([...counts(), printed()]).toEqual([6, 2, '29'])
  expect(() => Object.assign(model, { trainable: 'no' })).toThrow('expected trainable to be')
  expect(model.trainable).toBe(true)
})

test('a wrapper that is not trainable trains nothing inside it', async () => {
  const model = Sequential([
    TimeDistributed(Dense(2), { inputShape: [2, 3], trainable: false }),
    Bidirectional(LSTM(1), { trainable: false }),
    Dense(1),
  ])
  expect(model.weights.map(({ trainable }) => trainable)).toEqual([...Array(8).fill(false), true, true])
})
