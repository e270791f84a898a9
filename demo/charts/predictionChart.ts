// Predictions beside the truth, with the part that the model did not learn from on a tinted ground.

import type uPlot from 'uplot'
import type { Task } from '../problem.ts'
import { axis, Chart, color } from './chart.ts'

export function makePredictionChart(figure: HTMLElement, { truth }: Task) {
  const { positions, values, predictedFrom, heldOutFrom, digits } = truth
  let predictions: readonly (number | null)[] = positions.map(() => null)
  const data = (): uPlot.AlignedData => [[...positions], [...values], [...predictions]]
  const isShort = positions.length <= 20
  const points = { show: isShort, size: 9 }
  const [start = 0, end = 1] = [positions[0], positions.at(-1)]
  const margin = isShort ? (end - start) * 0.06 : 0
  const read = (index: number): string => {
    const prediction = predictions[index]
    const told = typeof prediction === 'number' ? `, predicted ${prediction.toFixed(digits[1])}` : ''
    return `${truth.formatPosition(positions[index] ?? Number.NaN)}: ${values[index]?.toFixed(digits[0])}${told}`
  }
  const chart = new Chart(figure, data(), {
    title: truth.quantity,
    keys: [
      ['truth', 'truth'],
      ['model', 'model'],
      ...(heldOutFrom === null ? [] : ([['held out', 'held-out']] as const)),
    ],
    height: 260,
    read,
    plot: {
      scales: { x: { time: false, range: [start - margin, end + margin] }, y: { range: rangeOf(values) } },
      axes: [
        axis({
          size: 30,
          grid: { show: false },
          incrs: [1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000],
          values: (_plot, splits) => splits.map(String),
        }),
        axis({ size: 42 }),
      ],
      series: [
        {},
        { stroke: color('--truth'), width: 4, points: { ...points, fill: color('--ground') } },
        { stroke: color('--model'), width: 1.75, points: { ...points, size: 5, fill: color('--model') } },
      ],
      hooks: {
        drawClear: heldOutFrom === null ? [] : [(plot) => tint(plot, positions[heldOutFrom] ?? end)],
      },
    },
  })
  return {
    update(predicted: readonly number[]): void {
      predictions = positions.map((_, i) => predicted[i - predictedFrom] ?? null)
      chart.update(data())
    },
    destroy: () => chart.destroy(),
  }
}

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
