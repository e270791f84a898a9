/** Names that texts import from modules inside Keras, as editors propose them. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, optimizers } from '../../src/index.ts'

beforeEach(clearSession)

describe('optimizers and schedules', () => {
  test.each([
    ['from tensorflow.python.keras.optimizer_v2 import adam', 'adam.Adam(learning_rate=0.02)', 'Adam', 0.02],
    ['from keras.optimizer_v2.rmsprop import RMSprop', 'RMSprop(0.02)', 'RMSprop', 0.02],
    ['from keras.optimizers.optimizer_v2.adagrad import Adagrad', 'Adagrad()', 'Adagrad', 0.001],
    ['from keras.optimizers.optimizer_experimental.sgd import SGD', 'SGD(0.1)', 'SGD', 0.1],
    ['from tensorflow.python.keras.optimizer_v1 import Nadam', 'Nadam()', 'Nadam', 0.001],
    [
      'from tensorflow.python.keras.optimizer_v2.learning_rate_schedule import ExponentialDecay',
      'keras.optimizers.SGD(ExponentialDecay(0.1, 10, 0.9))',
      'SGD',
      0.1,
    ],
  ])('%s', (line, optimizer, className, rate) => {
    const { model, problems } = fromKeras(
      `${line}\nm = Sequential([Input((3,)), Dense(1)])\nm.compile(${optimizer}, "mse")\n`,
    )
    expect(problems).toEqual([])
    expect(model.optimizer?.learningRate).toBe(rate)
    expect(model.optimizer).toBeInstanceOf(optimizers[className as 'Adam'])
  })
})
