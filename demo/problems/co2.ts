// CO₂ at Mauna Loa: [N, 12, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { readMonths } from './data.ts'
import { forecastTask } from './forecast.ts'

const [epochs, batchSize] = [60, 32]

export const co2: Problem = {
  name: 'co2',
  title: 'CO₂ at Mauna Loa',
  group: 'Real data',
  about:
    'The next month of CO₂ in the air from the changes of twelve months before it. The years from 1990 on ' +
    'are held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 12, 1] → [N, 1]',
  quality: { measure: 'RMSE from 1990 on, over that of last month’s number', better: 'below', bound: 0.5 },

  code: {
    data: 'x: twelve monthly changes in ppm, scaled; y: the change after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [12, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.005) })
    return model
  },

  async load(readText) {
    const { months, values } = await readMonths(readText, 'co2_monthly')
    return forecastTask({
      months,
      values,
      window: 12,
      ahead: 1,
      heldOutFrom: '1990-01',
      label: 'LSTM(16)',
      quantity: 'CO₂, ppm',
      scale: 'change',
      digits: [1, 1],
    })
  },
}
