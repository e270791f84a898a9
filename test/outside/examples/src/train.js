/** Trains a model on a wave. Every page and worker here does this. */
import { Dense, Sequential } from 'recurra'

const wave = Array.from({ length: 40 }, (_, t) => Math.sin(t / 3))
const x = Array.from({ length: 32 }, (_, t) => wave.slice(t, t + 8))
const y = Array.from({ length: 32 }, (_, t) => [wave[t + 8]])

export async function train() {
  const model = Sequential([Dense(8, { activation: 'tanh', inputShape: [8] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model.fit(x, y, { epochs: 10, verbose: 0 })
}
