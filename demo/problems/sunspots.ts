// Sunspots, a month ahead: [N, 36, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { readMonths } from './data.ts'
import { forecastTask } from './forecast.ts'

const [epochs, batchSize] = [10, 32]

export const sunspots: Problem = {
  name: 'sunspots',
  title: 'Sunspots, a month ahead',
  group: 'Real data',
  about:
    'The next change of monthly sunspots from the 36 changes before it. The network learns from 1749 to 1979; ' +
    'the years from 1980 on are held out. Settings were chosen by 1930 to 1979, with the years before to learn from: ' +
    'most of a month’s change is chance.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 36, 1] → [N, 1]',
  quality: { measure: 'RMSE from 1980 on, over that of last month’s number', better: 'below', bound: 0.92 },

  code: {
    data: 'x: 36 monthly changes, scaled; y: the change after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(8, { inputShape: [36, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.005) })
    return model
  },

  async load(readText) {
    const { months, values } = await readMonths(readText, 'sunspots_monthly')
    return forecastTask({
      months,
      values,
      window: 36,
      ahead: 1,
      heldOutFrom: '1980-01',
      label: 'LSTM(8)',
      quantity: 'Sunspots',
      scale: 'change',
    })
  },
}
