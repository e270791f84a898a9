/**
 * A loss of slopes through every layer, on the CPU: its gradients by the weights agree with differences of it. What has one gradient alone
 * is refused by name.
 */
import { expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { gradients, Model, ops, SGD, type SymbolicTensor, tensor } from '../../src/index.ts'
import { layerModels } from '../support/everyLayer.ts'
import { quiet } from '../support/models.ts'
import { chosen } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const RATE = 0.5
const STEP = 2 ** -11

type Net = recurra.LayersModel & ((x: SymbolicTensor) => SymbolicTensor)

/** Learns to be flat. */
class Flat extends Model {
  constructor(readonly net: Net) {
    super()
  }

  lossOf(x: SymbolicTensor): SymbolicTensor {
    const y = this.net(x)
    const [slope] = gradients(ops.square(y), [x]) as [SymbolicTensor]
    return ops.add(ops.mean(ops.square(slope)), ops.mean(y))
  }

  override trainStep(x: SymbolicTensor) {
    const loss = this.lossOf(x)
    this.optimizer?.minimize(loss, this.net.trainableWeights)
    return { loss }
  }

  override testStep(x: SymbolicTensor) {
    return { loss: this.lossOf(x) }
  }
}

/** Layers whose recurrences, or those of the models they are looked at in, have one gradient. */
const recurrent = /LSTM|GRU|RNN|Bidirectional|Masking/
/** Layers that take whole numbers, or make them. */
const ofNumbers = /^(CategoryEncoding|Discretization|Embedding|ReversibleEmbedding)$/

const models = [...layerModels(recurra)].filter(([, { data }]) => !data)

// Every third, and one whose lowering wraps the step's.
test.each(chosen(models, ([name], i) => i % 3 === 0 || name === 'ConvLSTM2D'))(
  '%s',
  async (name, { make, inputShape }) => {
    const net = make()
    const model = new Flat(net as Net)
    model.compile({ optimizer: SGD(RATE) })
    const x = uniform([3, ...inputShape], -1, 1, 1)
    const train = () => model.trainOnBatch(x, null as never)
    if (recurrent.test(name)) {
      await expect(train()).rejects.toThrow(
        /expected gradients of what can be differentiated once more, got "\w+Gradient", which can not/,
      )
      return
    }
    if (ofNumbers.test(name)) {
      await expect(train()).rejects.toThrow(
        'expected tensors that the loss is computed of by functions that have a slope',
      )
      return
    }
    const before = await net.getWeights()
    const directions = before.map(({ shape }, i) => uniform(shape, -1, 1, 30 + i))
    const lossAt = async (step: number): Promise<number> => {
      net.setWeights(
        before.map(({ data, shape }, i) =>
          tensor(
            data.map((w, j) => w + step * (directions[i]?.data[j] ?? 0)),
            shape,
          ),
        ),
      )
      return [await model.evaluate(x, null as never, quiet)].flat()[0] ?? Number.NaN
    }
    const trained = net.weights.map(({ trainable }) => trainable)
    directions.forEach(({ data }, i) => {
      if (!trained[i]) data.fill(0)
    })
    const difference = ((await lossAt(STEP)) - (await lossAt(-STEP))) / (2 * STEP)
    net.setWeights(before)
    await train()
    const after = await net.getWeights()
    const slope = before.reduce(
      (sum, { data }, i) =>
        sum +
        data.reduce(
          (total, w, j) => total + ((w - (after[i]?.data[j] ?? 0)) / RATE) * (directions[i]?.data[j] ?? 0),
          0,
        ),
      0,
    )
    expect(Math.abs(slope - difference)).toBeLessThan(0.01 * Math.max(0.1, Math.abs(slope)))
    model.dispose()
  },
)
