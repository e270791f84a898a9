// Predictions beside the truth, with the part that the model did not learn from on a tinted ground. Series whose values
// take turns are a pair of lines each: with n of them, column c of series s is value n·c + s.

import type uPlot from 'uplot'
import type { Task, Truth } from '../problem.ts'
import { axis, Chart, color, HEIGHT, WHOLE } from './chart.ts'

/** Hues of style.css for the series of a chart. */
const HUES = 6

export function makePredictionChart(figure: HTMLElement, { truth }: Task) {
  const { values, predictedFrom, heldOutFrom, digits } = truth
  const series = truth.series ?? ['model']
  const count = series.length
  const columns = Array.from({ length: (truth.charted ?? values.length) / count }, (_, i) => i)
  const positions = columns.map((column) => positionAt(truth, column, count))
  const parts = partsOf(truth, columns.length, count)
  let predictions: readonly number[] = []
  const linesOf = (source: readonly number[], first: number): (number | null)[][] =>
    parts.flatMap(([from, to]) =>
      series.map((_, of) =>
        columns.map((column) =>
          column < from || column >= to ? null : (source[column * count + of - first] ?? null),
        ),
      ),
    )
  const data = (): uPlot.AlignedData => [
    positions,
    ...linesOf(values, 0),
    ...linesOf(predictions, predictedFrom),
  ]
  const isShort = positions.length <= 20
  const { classes } = truth
  const points = { show: isShort || classes !== undefined, size: 9 }
  const paths = classes ? { paths: () => null } : {}
  const textOf = (value: number | undefined, shown: number): string =>
    value === undefined ? '–' : (truth.formatValue?.(value) ?? value.toFixed(shown))
  const [start = 0, end = 1] = [positions[0], positions.at(-1)]
  const margin = isShort ? (end - start) * 0.06 : 0
  const read = (column: number): string => {
    const told = series.map((_, of) => {
      const prediction = predictions[column * count + of - predictedFrom]
      return textOf(prediction, digits[1])
    })
    if (count > 1) return `${column + 1}: ${told.join(', ')}`
    const value = `${truth.formatPosition(positions[column] ?? Number.NaN)}: ${textOf(values[column], digits[0])}`
    return told[0] === '–' ? value : `${value}, predicted ${told[0]}`
  }
  const hueOf = (of: number): string => (count > 1 ? `series-${of % HUES}` : 'model')
  const chart = new Chart(figure, data(), {
    title: truth.quantity,
    keys: [
      ['truth', 'truth'],
      ...series.map((name, of) => [name, hueOf(of)] as const),
      ...(heldOutFrom === null ? [] : ([['held out', 'held-out']] as const)),
    ],
    height: HEIGHT,
    read,
    plot: {
      scales: { x: { time: false, range: [start - margin, end + margin] }, y: { range: rangeOf(values) } },
      axes: [
        axis({
          label: truth.position,
          grid: { show: false },
          incrs: WHOLE,
          values: (_plot, splits) => splits.map(String),
        }),
        axis(classes ? { size: 70, splits: classes.map((_, i) => i), values: [...classes] } : { size: 42 }),
      ],
      series: [
        {},
        ...parts
          .flatMap(() => series)
          .map(() => ({
            ...paths,
            stroke: color('--truth'),
            width: 4,
            points: { ...points, fill: color('--ground') },
          })),
        ...parts.flatMap(() =>
          series.map((_, of) => {
            const hue = color(`--${hueOf(of)}`)
            return { ...paths, stroke: hue, width: 1.75, points: { ...points, size: 5, fill: hue } }
          }),
        ),
      ],
      hooks: {
        drawClear:
          heldOutFrom === null ? [] : [(plot) => tint(plot, positionOfHeldOut(truth, heldOutFrom, count))],
      },
    },
  })
  return {
    update(predicted: readonly number[]): void {
      predictions = predicted
      chart.update(data())
    },
    destroy: () => chart.destroy(),
  }
}

const positionAt = ({ positions }: Truth, column: number, count: number): number =>
  count > 1 ? column : (positions[column] ?? Number.NaN)

/** Runs of columns that a line joins, each from its first to before its last. */
function partsOf({ heldOutFrom, isApart }: Truth, columns: number, count: number): [number, number][] {
  if (!isApart || !heldOutFrom) return [[0, columns]]
  const middle = heldOutFrom / count
  return [
    [0, middle],
    [middle, columns],
  ]
}

/** Where the tint begins: between what stands apart. */
const positionOfHeldOut = (truth: Truth, heldOutFrom: number, count: number): number =>
  positionAt(truth, heldOutFrom / count, count) - (truth.isApart && heldOutFrom > 0 ? 0.5 : 0)

/** A fixed range, so that the truth stands still while predictions move. */
function rangeOf(values: readonly number[]): [number, number] {
  const [min, max] = [Math.min(...values), Math.max(...values)]
  const margin = (max - min) * 0.12
  return [min >= 0 && min > margin ? Math.max(0, min - margin) : min - margin, max + margin]
}

/** Tints the plot from a position on. */
function tint({ ctx, bbox, valToPos }: uPlot, from: number): void {
  const left = Math.round(valToPos(from, 'x', true))
  ctx.save()
  ctx.fillStyle = color('--tint')()
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height)
  ctx.restore()
}
