// The loss over the epochs, on a logarithmic scale. The horizontal axis is as long as the training will be.

import type uPlot from 'uplot'
import { formatLoss } from '../format.ts'
import { axis, Chart, color, HEIGHT, WHOLE } from './chart.ts'

export function makeLossChart(figure: HTMLElement, epochs: number, height = HEIGHT) {
  let losses: readonly number[] = []
  const data = (): uPlot.AlignedData => [losses.map((_, i) => i + 1), [...losses]]
  const chart = new Chart(figure, data(), {
    title: 'Loss, logarithmic',
    keys: [],
    height,
    read: (index) => `epoch ${index + 1}: ${formatLoss(losses[index] ?? Number.NaN)}`,
    plot: {
      scales: {
        x: { time: false, range: [1, epochs] },
        y: {
          distr: 3,
          range: (_plot, min, max) => (min > 0 && max < Infinity ? [below(min), 1.25 * max] : [0.001, 1]),
        },
      },
      axes: [
        axis({ label: 'Epoch', grid: { show: false }, incrs: WHOLE }),
        axis({
          size: 58,
          filter: round,
          grid: { stroke: color('--rule'), width: 1, filter: round },
          values: (_plot, splits) => splits.map((split) => (split === null ? '' : String(split))),
        }),
      ],
      series: [{}, { stroke: color('--model'), width: 2, points: { show: false } }],
    },
  })
  return {
    update(values: readonly number[]): void {
      losses = values
      chart.update(data())
    },
    destroy: () => chart.destroy(),
  }
}

/** A number of one digit below the value, exact, since the chart counts its splits from there. */
function below(value: number): number {
  const exponent = Math.floor(Math.log10(0.9 * value))
  const digit = Math.min(9, Math.max(1, Math.floor((0.9 * value) / 10 ** exponent)))
  return Number(`${digit}e${exponent}`)
}

/** Leaves of the axis's splits the powers of ten, and where these are few also two and five times them. */
const round = ({ scales: { y } }: uPlot, splits: number[]): (number | null)[] => {
  const isShort = (y?.max ?? 1) < 30 * (y?.min ?? 1)
  return splits.map((split) => {
    const digit = Math.round(split / 10 ** Math.floor(Math.log10(split) + 1e-9))
    return digit === 1 || (isShort && (digit === 2 || digit === 5)) ? split : null
  })
}
