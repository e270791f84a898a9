// The next month of airline traffic from the twelve before it. With p the passengers of a month, the network sees
// d[t] = log p[t] - log p[t-1], which has neither trend nor growing swings, scaled to mean 0 and deviation 1 on the years
// that it learns from: windows [N, 12, 1] -> [N, 1]. The last two years are held out: nothing is fitted to them.
//
// Units, rate, epochs and seed are those with the least error in 1957 and 1958, in networks that had learned from the
// years before. In 1959 and 1960 other seeds (2 to 10) end between 20 and 27.

import { Adam, Dense, LSTM, Sequential, tensor } from 'recurra'
import type { Problem } from '../problem.ts'
import { readMonths } from './data.ts'
import { nextFromWindows, rmse, standardize } from './series.ts'

/** Months that the network sees. */
const WINDOW = 12
/** January 1959. */
const HELD_OUT = 120

export const airline: Problem = {
  name: 'airline',
  title: 'Airline passengers',
  group: 'Real data',
  about:
    'Forecast the next month of international air travel from the twelve months before it. The network learns from ' +
    '1949 to 1958; 1959 and 1960 are held out, and there each forecast is compared with what came.',
  seed: 1,
  epochs: 120,
  batchSize: 32,
  shapes: '[N, 12, 1] → [N, 1]',
  quality: {
    measure: 'RMSE in 1959 and 1960, over that of last month’s number',
    better: 'below',
    bound: 0.5,
  },
  code: {
    data: 'x: twelve monthly changes of log(passengers), scaled; y: the change in the month after them',
    use: {
      keras: 'change = model.predict(last_twelve)',
      typescript: 'const change = await model.predict(lastTwelve)',
    },
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(8, { inputShape: [WINDOW, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.02) })
    return model
  },

  async load(readText) {
    const { months, values: passengers } = await readMonths(readText, 'airline_passengers')
    const logs = passengers.map(Math.log)
    // The change into month i is changes[i - 1].
    const changes = logs.slice(1).map((value, i) => value - (logs[i] ?? Number.NaN))
    const { scaled, mean, deviation } = standardize(changes, HELD_OUT - 1)
    const { windows, targets } = nextFromWindows(scaled, WINDOW)
    const predictedFrom = WINDOW + 1
    const learned = HELD_OUT - predictedFrom
    const at = (index: number): number => passengers[index] ?? Number.NaN
    const heldOut = passengers.slice(HELD_OUT)
    const errorOf = (forecast: (index: number) => number): number =>
      rmse(
        heldOut,
        heldOut.map((_, i) => forecast(HELD_OUT + i)),
      )
    const lastMonth = (i: number): number => at(i - 1)
    const rule = (label: string, forecast: (index: number) => number) => ({
      label,
      value: errorOf(forecast).toFixed(1),
      isModel: false,
    })
    const rules = [
      rule('As last month', lastMonth),
      rule('As a year ago', (i) => at(i - 12)),
      rule('Last month, changed as a year ago', (i) => (at(i - 1) * at(i - 12)) / at(i - 13)),
    ]
    return {
      x: tensor(windows.slice(0, learned).flat(), [learned, WINDOW, 1]),
      y: tensor(targets.slice(0, learned), [learned, 1]),
      inputs: tensor(windows.flat(), [windows.length, WINDOW, 1]),
      truth: {
        position: 'Month',
        quantity: 'Passengers, thousands',
        positions: passengers.map((_, i) => 1949 + i / 12),
        values: passengers,
        predictedFrom,
        heldOutFrom: HELD_OUT,
        digits: [0, 0],
        formatPosition: (year) => months[Math.round((year - 1949) * 12)] ?? '',
      },
      decode: ({ data }) =>
        Array.from(data, (change, i) => at(predictedFrom + i - 1) * Math.exp(change * deviation + mean)),
      score: (predictions) => ({
        quality: rmse(heldOut, predictions.slice(learned)) / errorOf(lastMonth),
        caption: 'Error in 1959 and 1960 (RMSE, thousands)',
        rows: [
          { label: 'LSTM(8)', value: rmse(heldOut, predictions.slice(learned)).toFixed(1), isModel: true },
          ...rules,
        ],
        note:
          'The last rule is told that a season lasts twelve months; the network finds out. ' +
          'From other seeds it ends between 20 and 27.',
      }),
    }
  },
}
