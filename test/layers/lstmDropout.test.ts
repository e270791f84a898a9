/** LSTM's dropout and recurrentDropout: only in training, the same draws on both backends, new ones every step. */
import { expect, test } from 'vitest'
import { LSTM, type LSTMOptions, Sequential, setSeed } from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { uniform } from '../support/values.ts'

const x = uniform([6, 4, 3], -1, 1, 1)
const y = uniform([6, 5], -1, 1, 2)

async function train(options: LSTMOptions): Promise<{ predicted: Float32Array; losses: number[] }> {
  setSeed(3)
  const model = Sequential([LSTM(5, { inputShape: [4, 3], ...options })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const predicted = (await model.predict(x)).data
  const { history } = await model.fit(x, y, { epochs: 4, batchSize: 6, shuffle: false, verbose: 0 })
  return { predicted, losses: history.loss ?? [] }
}

test.each([{ dropout: 0.4 }, { recurrentDropout: 0.4 }, { dropout: 0.3, recurrentDropout: 0.4 }])(
  '%j',
  async (options) => {
    await chooseBackend('cpu')
    const plain = await train({})
    const cpu = await train(options)
    expect(cpu.predicted).toEqual(plain.predicted)
    expect(new Set(cpu.losses).size).toBe(4)
    cpu.losses.forEach((loss, epoch) => {
      expect(Math.abs(loss - (plain.losses[epoch] ?? 0))).toBeGreaterThan(1e-4)
    })
    expect((await train(options)).losses).toEqual(cpu.losses)

    await chooseBackend('webgpu')
    const gpu = await train(options)
    gpu.losses.forEach((loss, epoch) => {
      expect(loss).toBeCloseTo(cpu.losses[epoch] ?? 0, 5)
    })
  },
)
