// Sunspots, a year ahead: [N, 36, 1] → [N, 12].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { readMonths } from './data.ts'
import { forecastTask } from './forecast.ts'

const [epochs, batchSize] = [5, 32]

export const sunspotsYear: Problem = {
  name: 'sunspots-year',
  title: 'Sunspots, a year ahead',
  group: 'Real data',
  about: 'Twelve months of sunspots at once, from the 36 before them. Those from 1980 on are held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 36, 1] → [N, 12]',
  quality: {
    measure: 'RMSE from 1980 on, over that of the last number repeated',
    better: 'below',
    bound: 0.95,
  },

  code: {
    data: 'x: 36 months, square roots, scaled; y: the twelve after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [36, 1] }))
    model.add(Dense(12))
    model.compile({ loss: 'mse', optimizer: Adam(0.005) })
    return model
  },

  async load(readText) {
    const { months, values } = await readMonths(readText, 'sunspots_monthly')
    return forecastTask({
      months,
      values,
      window: 36,
      ahead: 12,
      heldOutFrom: '1980-01',
      label: 'LSTM(16)',
      quantity: 'Sunspots',
      scale: 'root',
    })
  },
}
