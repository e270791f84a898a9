/** Steps that compute with gradients: by tensors, and of gradients, which train what Keras trains. */
import { expect, test } from 'vitest'
import {
  Dense,
  gradients,
  Input,
  LSTM,
  Model,
  ops,
  Reshape,
  RNN,
  Sequential,
  SGD,
  type SymbolicTensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { OwnLSTMCell } from '../support/ownCells.ts'
import { fill, noise, Oscillation, PenalizedGan, waves } from '../support/steppedModels.ts'
import keras from '../support/stepsOfKeras.json' with { type: 'json' }

const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const

function expectClose(found: readonly number[] | undefined, expected: readonly number[]): void {
  expect(found?.length).toBe(expected.length)
  for (const [i, value] of (found ?? []).entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
}

/** Trains its net by a loss that it computes of the net's results and slopes. */
class Sloped extends Model {
  constructor(
    readonly net: ReturnType<typeof Sequential>,
    readonly lossOf: (y: SymbolicTensor, slope: SymbolicTensor) => SymbolicTensor,
  ) {
    super()
    fill(this.net, 1)
  }

  override trainStep(x: SymbolicTensor) {
    const y = this.net(x) as SymbolicTensor
    const [slope] = gradients(y, [x]) as [SymbolicTensor]
    const loss = this.lossOf(y, slope)
    this.optimizer?.minimize(loss, this.net.trainableWeights)
    return { loss }
  }
}

const squared = (slope: SymbolicTensor): SymbolicTensor => ops.mean(ops.square(slope))

onCpuFirst(() => {
  test('a critic with a gradient penalty trains as in Keras', async () => {
    const gan = new PenalizedGan()
    gan.compile({})
    const { history } = await gan.fit(waves(5, 2), noise, fitting)
    for (const [name, values] of Object.entries(keras.wgan_gp.history)) expectClose(history[name], values)
    expectClose(await weightsOf(gan.generator), keras.wgan_gp.generator)
    expectClose(await weightsOf(gan.discriminator), keras.wgan_gp.discriminator)
    gan.dispose()
  })

  test('a differential equation is solved as in Keras, by gradients of gradients of gradients', async () => {
    const model = new Oscillation()
    model.compile({ optimizer: SGD({ learningRate: 0.05 }) })
    const { history } = await model.fit(waves(5, 1), null, fitting)
    expectClose(history.loss, keras.pinn.history.loss)
    expectClose(await weightsOf(model.net), keras.pinn.weights)
    model.dispose()
  })

  test('stopGradient holds gradients as they are', async () => {
    const make = (stop: boolean) =>
      new Sloped(Sequential([Input([2]), Dense(3, { activation: 'tanh' }), Dense(1)]), (y, slope) =>
        ops.add(ops.mean(y), squared(stop ? ops.stopGradient(slope) : slope)),
      )
    const plain = new Sloped(Sequential([Input([2]), Dense(3, { activation: 'tanh' }), Dense(1)]), (y) =>
      ops.mean(y),
    )
    const weights: number[][] = []
    for (const model of [make(true), plain, make(false)]) {
      model.compile({ optimizer: SGD({ learningRate: 0.1 }) })
      await model.fit(waves(4, 2), null, { ...fitting, epochs: 1 })
      weights.push(await weightsOf(model.net))
      model.dispose()
    }
    expect(weights[0]).toEqual(weights[1])
    expect(weights[2]).not.toEqual(weights[1])
  })

  test('two losses go back through one recurrence', async () => {
    class Shared extends Model {
      readonly trunk = Sequential([Input([3, 2]), LSTM(3)])
      readonly first = Sequential([Input([3]), Dense(1)])
      readonly second = Sequential([Input([3]), Dense(1)])
      constructor(readonly isOnce: boolean) {
        super()
        fill(this.trunk, 1)
        fill(this.first, 90)
        fill(this.second, 120)
      }
      override trainStep(x: SymbolicTensor) {
        const h = this.trunk(x) as SymbolicTensor
        const [a, b] = [ops.mean(ops.square(this.first(h))), ops.mean(this.second(h))]
        const { trainableWeights: weights } = this.trunk
        const both = this.isOnce
          ? gradients(ops.add(a, b), weights)
          : gradients(a, weights).map((d, i) => ops.add(d, gradients(b, weights)[i] as SymbolicTensor))
        this.optimizer?.apply(both, weights)
        return { loss: ops.add(a, b) }
      }
    }
    const found: number[][] = []
    for (const isOnce of [true, false]) {
      const model = new Shared(isOnce)
      model.compile({ optimizer: SGD({ learningRate: 0.1 }) })
      await model.fit(ops.reshape(waves(4, 6), [4, 3, 2]), null, fitting)
      found.push(await weightsOf(model.trunk))
      model.dispose()
    }
    expectClose(found[1], found[0] ?? [])
  })
})

onCpuFirst(() => {
  test('a recurrence has slopes by its input, and those of a cell in steps can be learned', async () => {
    const net = (recurrent: ReturnType<typeof LSTM> | ReturnType<typeof RNN>) =>
      Sequential([Input([6]), Reshape([3, 2]), recurrent, Dense(1)])
    const byLstm = new Sloped(net(LSTM(3)), (y, slope) =>
      ops.add(ops.mean(y), squared(ops.stopGradient(slope))),
    )
    const twice = new Sloped(net(LSTM(3)), (_, slope) => squared(slope))
    const inSteps = new Sloped(net(RNN(new OwnLSTMCell(3))), (_, slope) => squared(slope))
    for (const model of [byLstm, twice, inSteps]) model.compile({ optimizer: SGD({ learningRate: 0.5 }) })
    await byLstm.fit(waves(4, 6), null, fitting)
    await expect(twice.fit(waves(4, 6), null, fitting)).rejects.toThrow(
      'expected gradients of what can be differentiated once more, got "lstmGradient", which can not',
    )
    const { history } = await inSteps.fit(waves(4, 6), null, fitting)
    expect(history.loss?.[2]).toBeLessThan(history.loss?.[0] ?? 0)
    for (const model of [byLstm, twice, inSteps]) model.dispose()
  })
})
