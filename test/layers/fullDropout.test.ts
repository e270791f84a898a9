/**
 * A rate of 1 leaves nothing: a recurrent layer that drops its inputs, or its state, is in training what it is with kernels of zeros, and
 * these get no gradient.
 */
import { expect, test } from 'vitest'
import {
  ConvLSTM1D,
  GRU,
  type GRUOptions,
  LSTM,
  Sequential,
  SGD,
  SimpleRNN,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

type Rates = Pick<GRUOptions, 'dropout' | 'recurrentDropout'>

const vectors = { inputShape: [4, 2] } as const
const layers = {
  SimpleRNN: (rates: Rates) => SimpleRNN(3, { ...vectors, ...rates }),
  LSTM: (rates: Rates) => LSTM(3, { ...vectors, ...rates }),
  GRU: (rates: Rates) => GRU(3, { ...vectors, ...rates }),
  'GRU, reset before': (rates: Rates) => GRU(3, { ...vectors, resetAfter: false, ...rates }),
  ConvLSTM1D: (rates: Rates) => ConvLSTM1D(1, 2, { inputShape: [4, 4, 2], ...rates }),
}

onEachBackend((backend) => {
  test.each(sampledOnGpu(backend, Object.entries(layers), 5))('%s', async (name, make) => {
    for (const [dropped, rates] of [
      [[0], { dropout: 1 }],
      [[0, 1], { dropout: 1, recurrentDropout: 1 }],
    ] as const) {
      const model = Sequential([make(rates)])
      const plain = Sequential([make({})])
      for (const each of [model, plain]) each.compile({ loss: 'mse', optimizer: SGD({ learningRate: 0.1 }) })
      const weights = model.weights.map(({ shape }, i) => uniform(shape as readonly number[], -1, 1, i + 1))
      const zeros = ({ data, shape }: Tensor): Tensor => tensor(new Float32Array(data.length), shape)
      model.setWeights(weights)
      plain.setWeights(
        weights.map((weight, i) => ((dropped as readonly number[]).includes(i) ? zeros(weight) : weight)),
      )
      const isConvolved = name === 'ConvLSTM1D'
      const x = uniform(isConvolved ? [2, 4, 4, 2] : [2, 4, 2], -1, 1, 8)
      const y = uniform(isConvolved ? [2, 3, 1] : [2, 3], -1, 1, 9)
      const losses = [await model.trainOnBatch(x, y), await plain.evaluate(x, y, { verbose: 0 })].map(Number)
      expect(losses[0]).toBeCloseTo(losses[1] as number, 6)
      const after = (await model.getWeights()) as readonly Tensor[]
      for (const i of dropped)
        expectClose('kernel', [...(after[i]?.data ?? [])], [...(weights[i]?.data ?? [])], 0)
    }
  })
})
