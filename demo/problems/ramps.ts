// Toy series: straight lines from 0 to 1, their sums, and what a window of them is to tell. Every fifth window is held out.

import { holdOutFifths, type Sample, type SampleOptions, sampleTask } from './samples.ts'

/** Steps of a ramp. */
const LENGTH = 60

/** Names of the table's columns. */
const columns = ['a', 'b', '(a + b) / 2']

const ramp = Array.from({ length: LENGTH }, (_, i) => i / LENGTH)
/** Two ramps and their sum, halved to stay within 1: at each step [a, b, (a + b) / 2]. */
const table = ramp.map((value) => [value, 0.25 + value / 2, 0.125 + value * 0.75])

export interface Windows {
  /** Steps that the model sees, and steps that it tells. */
  readonly steps: number
  readonly ahead: number
  /** Columns of the table that go in and that are asked for. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Whether the last step seen is the first one told. */
  readonly isParallel?: boolean
}

export function windowsOf({ steps, ahead, inputs, outputs, isParallel = false }: Windows): Sample[] {
  const pick = (rows: readonly number[][], columns: readonly number[]): number[] =>
    rows.flatMap((row) => columns.map((column) => row[column] ?? Number.NaN))
  const offset = steps - (isParallel ? 1 : 0)
  const count = LENGTH - offset - ahead + 1
  return Array.from({ length: count }, (_, i) => ({
    input: pick(table.slice(i, i + steps), inputs),
    target: pick(table.slice(i + offset, i + offset + ahead), outputs),
  }))
}

/** Windows of the ramps as a task, told beside repeating what was seen last. */
export function rampTask(
  windows: Windows,
  { label, inputShape, outputShape, quantity = 'Value' }: RampOptions,
) {
  const { inputs, outputs, ahead, isParallel = false } = windows
  const steps = Array.from({ length: ahead }, (_, step) => (isParallel ? step : step + 1))
  const series = steps.flatMap((step) =>
    outputs.map((column) =>
      [...(outputs.length > 1 ? [columns[column]] : []), ...(ahead > 1 ? [stepName(step)] : [])].join(' '),
    ),
  )
  const naive = {
    label: 'As the step before',
    forecast: (input: readonly number[]): number[] => {
      const last = input.slice(-inputs.length)
      return Array.from({ length: ahead }, () => outputs.map((column) => last[column] ?? Number.NaN)).flat()
    },
  }
  return sampleTask({
    ...holdOutFifths(windowsOf(windows)),
    inputShape,
    outputShape,
    label,
    quantity,
    digits: [3, 3],
    position: 'Window',
    ...(series.length > 1 ? { series } : {}),
    // Where a series is asked for that is not seen, there is none to repeat.
    ...(outputs.every((column) => inputs.includes(column)) ? { naive } : {}),
  })
}

const stepName = (step: number): string => (step === 0 ? 'now' : `+${step}`)

export type RampOptions = Pick<SampleOptions, 'label' | 'inputShape' | 'outputShape'> & {
  readonly quantity?: string
}
