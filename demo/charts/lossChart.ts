// The loss over the epochs, on a logarithmic scale. The horizontal axis is as long as the training will be.

import type uPlot from 'uplot'
import { formatLoss } from '../format.ts'
import { axis, Chart, color } from './chart.ts'

export function makeLossChart(figure: HTMLElement, epochs: number) {
  let losses: readonly number[] = []
  const data = (): uPlot.AlignedData => [losses.map((_, i) => i + 1), [...losses]]
  const chart = new Chart(figure, data(), {
    title: 'Loss',
    keys: [],
    height: 260,
    read: (index) => `epoch ${index + 1}: ${formatLoss(losses[index] ?? Number.NaN)}`,
    plot: {
      scales: {
        x: { time: false, range: [1, epochs] },
        y: {
          distr: 3,
          range: (_plot, min, max) =>
            losses.length > 0 ? [10 ** Math.floor(Math.log10(min)), 1.25 * max] : [0.001, 1],
        },
      },
      axes: [
        axis({ size: 30, grid: { show: false } }),
        axis({
          size: 58,
          filter: decades,
          grid: { stroke: color('--rule'), width: 1, filter: decades },
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

/** Leaves of the axis's splits the powers of ten. */
const decades = (_plot: uPlot, splits: number[]): (number | null)[] =>
  splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9 ? split : null))
