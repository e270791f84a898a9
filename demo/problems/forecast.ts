// Forecasts of a monthly series from the months before: windows [N, window, 1] -> [N, ahead]. The months from
// `heldOutFrom` on are held out: nothing is fitted to them. Each of them is forecast once, `ahead` months at a time.

import { tensor } from 'recurra'
import type { Task } from '../problem.ts'
import { rmse, standardize } from './series.ts'

/** Months shown before the first forecast. */
const CONTEXT = 48

/** What the network sees of a series, and the series again from that and the month before. */
const scales = {
  root: {
    see: (values: readonly number[]) => values.map(Math.sqrt),
    restore: (seen: number) => Math.max(0, seen) ** 2,
  },
  change: {
    see: (values: readonly number[]) => values.map((value, i) => value - (values[i - 1] ?? value)),
    restore: (seen: number, before: number) => before + seen,
  },
}

export interface ForecastOptions {
  readonly months: readonly string[]
  readonly values: readonly number[]
  readonly window: number
  readonly ahead: number
  /** The first month that is held out: `1980-01`. */
  readonly heldOutFrom: string
  readonly label: string
  readonly quantity: string
  readonly scale: keyof typeof scales
  readonly digits?: readonly [truth: number, prediction: number]
}

export function forecastTask(options: ForecastOptions): Task {
  const { months, values, window, ahead, label, quantity, digits = [0, 0] } = options
  const { see, restore } = scales[options.scale]
  const heldOut = months.indexOf(options.heldOutFrom)
  const { scaled, mean, deviation } = standardize(see(values), heldOut)
  const starts = (first: number, end: number, stride: number): number[] =>
    Array.from({ length: Math.floor((end - first) / stride) }, (_, i) => first + i * stride)
  // A start is the first month told.
  const learned = starts(window + 1, heldOut - ahead + 1, 1)
  const asked = starts(heldOut, values.length, ahead)
  const inputsOf = (of: readonly number[]) =>
    tensor(
      of.flatMap((start) => scaled.slice(start - window, start)),
      [of.length, window, 1],
    )
  const before = heldOut - CONTEXT
  const end = heldOut + asked.length * ahead
  const truth = values.slice(heldOut, end)
  const at = (index: number): number => values[index] ?? Number.NaN
  const repeated = asked.flatMap((start) => Array.from({ length: ahead }, () => at(start - 1)))
  const firstYear = Number(months[0]?.slice(0, 4))
  return {
    x: inputsOf(learned),
    y: tensor(
      learned.flatMap((start) => scaled.slice(start, start + ahead)),
      [learned.length, ahead],
    ),
    inputs: inputsOf(asked),
    truth: {
      position: 'Month',
      quantity,
      positions: Array.from({ length: end - before }, (_, i) => firstYear + (before + i) / 12),
      values: values.slice(before, end),
      predictedFrom: CONTEXT,
      heldOutFrom: CONTEXT,
      digits,
      formatPosition: (year) => months[Math.round((year - firstYear) * 12)] ?? '',
    },
    decode({ data }) {
      let last = Number.NaN
      return Array.from(data, (output, i) => {
        const step = i % ahead
        if (step === 0) last = at(heldOut + i - 1)
        last = restore(output * deviation + mean, last)
        return last
      })
    },
    score(predictions) {
      const [reached, naive] = [rmse(truth, predictions), rmse(truth, repeated)]
      return {
        quality: reached / naive,
        caption: `Error from ${options.heldOutFrom.slice(0, 4)} on (RMSE)`,
        rows: [
          { label, value: reached.toPrecision(3), isModel: true },
          { label: 'The last month repeated', value: naive.toPrecision(3), isModel: false },
        ],
      }
    },
  }
}
