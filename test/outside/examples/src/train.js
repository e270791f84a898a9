/** Trains a model on a wave. Every page and worker here does this. */
import { Dense, Sequential } from 'recurra'
import { x, y } from './wave.js'

export async function train() {
  const model = Sequential([Dense(8, { activation: 'tanh', inputShape: [8] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model.fit(x, y, { epochs: 10, verbose: 0 })
}
