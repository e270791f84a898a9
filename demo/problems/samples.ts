// Tasks made of samples: some to learn from, the others held out, every output compared with its target.

import { tensor } from 'recurra'
import type { Task } from '../problem.ts'
import { rmse } from './series.ts'

/** Inputs and targets of one sample, flat. */
export interface Sample {
  readonly input: readonly number[]
  readonly target: readonly number[]
}

export interface SampleOptions {
  readonly learned: readonly Sample[]
  /** None where the model is shown what it learned. */
  readonly heldOut?: readonly Sample[]
  /** Shapes of one sample. */
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  /** Shows the held-out samples only; all by default. */
  readonly showsHeldOut?: boolean
  /** The model's name in the score: `LSTM(16)`. */
  readonly label: string
  readonly quantity: string
  /** `rmse` by default; `accuracy` is the share of outputs that round to their target. */
  readonly measure?: 'rmse' | 'accuracy'
  /** A forecast that needs no model, from a sample's input. */
  readonly naive?: {
    readonly label: string
    readonly forecast: (input: readonly number[]) => readonly number[]
  }
  /** Whether the quality is the error as a share of the naive forecast's. */
  readonly isRelative?: boolean
  /** One number a target out of the outputs; by default the outputs themselves. */
  readonly decode?: (outputs: Float32Array) => number[]
  /** Targets as the model is taught them; by default `target`. */
  readonly encode?: (target: readonly number[]) => readonly number[]
  readonly digits?: readonly [truth: number, prediction: number]
  readonly position?: string
  /** Names of a sample's outputs that are lines of their own. */
  readonly series?: readonly string[]
  /** Values that the chart shows, from the first; all by default. */
  readonly charted?: number
  readonly formatPosition?: (index: number) => string
  readonly formatValue?: (value: number) => string
  /** Names of the classes, whose numbers the values are: the chart shows points then. */
  readonly classes?: readonly string[]
}

/** Every fifth sample held out, the others to learn from. */
export function holdOutFifths(samples: readonly Sample[]): { learned: Sample[]; heldOut: Sample[] } {
  const isHeldOut = (i: number): boolean => i % 5 === 1
  return {
    learned: samples.filter((_, i) => !isHeldOut(i)),
    heldOut: samples.filter((_, i) => isHeldOut(i)),
  }
}

/** The last `count` samples held out. */
export function holdOutLast(
  samples: readonly Sample[],
  count: number,
): { learned: readonly Sample[]; heldOut: readonly Sample[] } {
  return { learned: samples.slice(0, -count), heldOut: samples.slice(-count) }
}

export function sampleTask(options: SampleOptions): Task {
  const { learned, heldOut = [], inputShape, outputShape, measure = 'rmse', naive } = options
  const { encode = (target) => target, decode = (outputs) => [...outputs], digits = [2, 3] } = options
  const shown = options.showsHeldOut ? heldOut : [...learned, ...heldOut]
  const judged = heldOut.length > 0 ? heldOut : learned
  const targetsOf = (samples: readonly Sample[]): number[] => samples.flatMap(({ target }) => target)
  const values = targetsOf(shown)
  const truth = targetsOf(judged)
  const inputsOf = (samples: readonly Sample[]) =>
    tensor(
      samples.flatMap(({ input }) => input),
      [samples.length, ...inputShape],
    )
  const error = (forecast: readonly number[]): number =>
    measure === 'rmse' ? rmse(truth, forecast) : accuracy(truth, forecast)
  const show = (value: number): string =>
    measure === 'accuracy' && !Number.isNaN(value) ? `${(100 * value).toFixed(1)} %` : value.toPrecision(3)
  const first = values.length - truth.length
  return {
    x: inputsOf(learned),
    y: tensor(
      learned.flatMap(({ target }) => encode(target)),
      [learned.length, ...outputShape],
    ),
    inputs: inputsOf(shown),
    truth: {
      position: options.position ?? 'Output',
      quantity: options.quantity,
      positions: values.map((_, i) => i),
      values,
      predictedFrom: 0,
      heldOutFrom: heldOut.length > 0 ? first : null,
      digits,
      formatPosition: options.formatPosition ?? positionOf(options.series ?? []),
      ...(options.formatValue ? { formatValue: options.formatValue } : {}),
      ...(options.classes ? { classes: options.classes } : {}),
      ...(options.series ? { series: options.series } : {}),
      ...(options.charted ? { charted: options.charted } : {}),
      isApart: true,
    },
    decode: ({ data }) => decode(data),
    score(predictions) {
      const reached = error(predictions.slice(first))
      const rows = [{ label: options.label, value: show(reached), isModel: true }]
      let quality = reached
      if (naive) {
        const forecast = judged.flatMap(({ input }) => naive.forecast(input))
        const level = error(forecast)
        rows.push({ label: naive.label, value: show(level), isModel: false })
        if (options.isRelative) quality = reached / level
      }
      const what = measure === 'rmse' ? 'Error (RMSE)' : 'Accuracy'
      return { quality, caption: heldOut.length > 0 ? `${what} on held-out samples` : what, rows }
    },
  }
}

/** `3` for the third output; `3, a` for the output a of the third sample. */
const positionOf =
  (series: readonly string[]) =>
  (index: number): string => {
    const count = Math.max(1, series.length)
    return [Math.floor(index / count) + 1, ...series.slice(index % count, (index % count) + 1)].join(', ')
  }

/** The share of forecasts that round to the truth; NaN where there is none. */
function accuracy(truth: readonly number[], forecast: readonly number[]): number {
  if (forecast.length === 0) return Number.NaN
  return truth.filter((value, i) => Math.round(forecast[i] ?? Number.NaN) === value).length / truth.length
}
