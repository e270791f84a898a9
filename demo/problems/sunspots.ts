// Sunspots, a month ahead: [N, 12, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { readMonths } from './data.ts'
import { forecastTask } from './forecast.ts'
import { listing } from './listing.ts'

const typescript = `
const model = Sequential()
model.add(LSTM(16, { inputShape: [12, 1] }))
model.add(Dense(1))
model.compile({ loss: 'mse', optimizer: Adam(0.005) })`

const keras = `
model = Sequential()
model.add(LSTM(16, input_shape=(12, 1)))
model.add(Dense(1))
model.compile(loss="mse", optimizer=Adam(0.005))`

const [epochs, batchSize] = [8, 32]

export const sunspots: Problem = {
  name: 'sunspots',
  title: 'Sunspots, a month ahead',
  group: 'Real data',
  about:
    'The next month of sunspots from the twelve before it. The network learns from 1749 to 1979; the ' +
    'years from 1980 on are held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 12, 1] → [N, 1]',
  quality: { measure: 'RMSE from 1980 on, over that of last month’s number', better: 'below', bound: 0.95 },

  code: listing({
    layers: 'Dense, LSTM',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, LSTM, Sequential',
    data: 'x: twelve months, square roots, scaled; y: the month after them',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [12, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.005) })
    return model
  },

  async load(readText) {
    const { months, values } = await readMonths(readText, 'sunspots_monthly')
    return forecastTask({
      months,
      values,
      window: 12,
      ahead: 1,
      heldOutFrom: '1980-01',
      label: 'LSTM(16)',
      quantity: 'Sunspots',
      scale: 'root',
    })
  },
}
