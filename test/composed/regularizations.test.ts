/** Dropout and penalties that are written in `ops`: what they draw and keep in training, and what they add to the loss. */
import { expect, test } from 'vitest'
import {
  ActivityRegularization,
  AlphaDropout,
  type CallableLayer,
  Conv1D,
  Dense,
  Dropout,
  Flatten,
  Input,
  Sequential,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { trainedOutput } from '../support/trainedOutput.ts'
import { uniform } from '../support/values.ts'

onCpuFirst(() => {
  test('of rate 1 all is dropped, and nothing has a gradient; of rate 0 nothing is', async () => {
    const x = uniform([1, 4, 3], 1, 2)
    for (const make of [Dropout, SpatialDropout1D]) {
      expect(await trainedOutput(make(1), x)).toEqual(Array(12).fill(0))
      expect(await trainedOutput(make(0), x)).toEqual([...x.data])
      const model = Sequential([Input([4, 3]), Conv1D(3, 1), make(1), Flatten(), Dense(1)])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      const [kernel] = Object.values(await model.gradients(x, tensor([1], [1, 1])))
      expect([...(kernel?.data ?? [])]).toEqual(Array(9).fill(0))
      model.dispose()
    }
  })

  test.each<[string, () => CallableLayer, readonly number[], readonly (number | null)[]]>([
    ['1D', () => SpatialDropout1D(0.5, { seed: 3 }), [4, 16], [null, 1, null]],
    ['2D', () => SpatialDropout2D(0.5, { seed: 3 }), [2, 3, 16], [null, 1, 1, null]],
    [
      '2D, channels first',
      () => SpatialDropout2D(0.5, { seed: 3, dataFormat: 'channels_first' }),
      [16, 2, 3],
      [null, null, 1, 1],
    ],
    ['3D', () => SpatialDropout3D(0.5, { seed: 3 }), [2, 1, 3, 16], [null, 1, 1, 1, null]],
    [
      '3D, channels first',
      () => SpatialDropout3D(0.5, { seed: 3, dataFormat: 'channels_first' }),
      [16, 2, 1, 3],
      [null, null, 1, 1, 1],
    ],
  ])('SpatialDropout%s drops channels whole', async (_, layer, shape, noiseShape) => {
    const ones = tensor(new Float32Array(sizeOf(shape)).fill(1), [1, ...shape])
    const kept = await trainedOutput(layer(), ones)
    const isFirst = shape[0] === 16
    const places = sizeOf(shape) / 16
    const channels = Array.from({ length: 16 }, (_, channel) =>
      Array.from(
        { length: places },
        (_, place) => kept[isFirst ? channel * places + place : place * 16 + channel],
      ),
    )
    for (const channel of channels) expect(new Set(channel).size).toBe(1)
    expect(new Set(kept)).toEqual(new Set([0, 2]))
    // The draws of Dropout.
    expect(kept).toEqual(await trainedOutput(Dropout(0.5, { noiseShape, seed: 3 }), ones))
  })

  test('AlphaDropout takes what it drops to the lowest value of SELU', async () => {
    const rate = 0.3
    const x = uniform([1, 3, 20], -2, 2, 1)
    for (const noiseShape of [null, [1, 3, 1]]) {
      const kept = await trainedOutput(
        Dropout(rate, { noiseShape, seed: 5 }),
        tensor(new Float32Array(60).fill(1), x.shape),
      )
      const lowest = -1.7580993408473766
      const a = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5
      const b = -a * lowest * rate
      const expected = [...x.data].map((value, i) => a * (kept[i] ? value : lowest) + b)
      expect(kept.filter((value) => value === 0).length).toBeGreaterThan(0)
      expectClose(
        'outputs',
        await trainedOutput(AlphaDropout(rate, { noiseShape, seed: 5 }), x),
        expected,
        1e-6,
      )
    }
    // What SELU makes of normal numbers has mean 0 and variance 1, which a draw over many keeps.
    const model = Sequential([Input([3, 20]), AlphaDropout(rate)])
    expect([...(await model.predict<Tensor>(x, quiet)).data]).toEqual([...x.data])
    model.dispose()
  })

  test('ActivityRegularization adds to the loss by the samples of a batch', async () => {
    const [rows, time, features] = [5, 3, 2]
    const [l1, l2] = [0.1, 0.25]
    const x = uniform([rows, time, features], -1, 1, 2)
    const y = uniform([rows, time, features], -1, 1, 3)
    const kernel = uniform([features, features], -1, 1, 4)
    const make = (...layers: readonly CallableLayer[]) => {
      const model = Sequential([Input([time, features]), Dense(features, { useBias: false }), ...layers])
      model.setWeights([kernel])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      return model
    }
    const plain = make()
    const z = [...(await plain.predict<Tensor>(x, quiet)).data]
    const penalty = z.reduce((sum, value) => sum + l1 * Math.abs(value) + l2 * value ** 2, 0) / rows
    const [loss = 0] = [await plain.evaluate(x, y, quiet)].flat()
    const slopes = Array.from({ length: features ** 2 }, (_, i) => {
      const [from, to] = [Math.floor(i / features), i % features]
      return Array.from({ length: rows * time }, (_, row) => {
        const value = z[row * features + to] ?? 0
        return ((x.data[row * features + from] ?? 0) * (l1 * Math.sign(value) + 2 * l2 * value)) / rows
      }).reduce((sum, slope) => sum + slope, 0)
    })
    const [without] = Object.values(await plain.gradients(x, y))
    const expected = slopes.map((slope, i) => slope + (without?.data[i] ?? 0))
    for (const layer of [
      ActivityRegularization(l1, l2),
      // As in Keras each time step adds what it has by the samples.
      TimeDistributed(ActivityRegularization({ l1, l2 })),
    ]) {
      const model = make(layer)
      // The last batch is smaller; batches count by their samples.
      const evaluated = await model.evaluate(x, y, { ...quiet, batchSize: 2 })
      expectClose('evaluated', [evaluated].flat(), [loss + penalty], 1e-6)
      const [gradient] = Object.values(await model.gradients(x, y))
      expectClose('gradient', gradient?.data, expected, 1e-6)
      expect([...(await model.predict<Tensor>(x, quiet)).data]).toEqual(z)
      model.dispose()
    }
    plain.dispose()
  })
})

test.each<[string, () => unknown, string]>([
  [
    'another rank',
    () => SpatialDropout2D(0.5, { name: 'drop' })(Input([4, 3])),
    'SpatialDropout2D "drop": expected an input of 4 axes, got [batch, 4, 3].',
  ],
  [
    'AlphaDropout of all, which leaves nothing to scale',
    () => AlphaDropout(1, { name: 'drop' }),
    'AlphaDropout "drop": expected rate to be less than 1, got 1.',
  ],
  [
    'a noiseShape that does not fit',
    () => AlphaDropout(0.5, { name: 'drop', noiseShape: [2, 1] })(Input([4, 3])),
    'AlphaDropout "drop".call, Dropout "dropout": expected a noiseShape for [batch, 4, 3], with 1 where a draw is shared and null for any extent',
  ],
  [
    'a negative factor',
    () => ActivityRegularization(-1, 0, { name: 'penalty' }),
    'ActivityRegularization "penalty": expected l1 to be a finite number of at least 0, got -1.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
