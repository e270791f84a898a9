// What the charts share: colours from the style sheet, the width of the page, a caption that tells what is under the
// pointer, drawing once a frame.

import uPlot from 'uplot'
import { create, perFrame } from '../dom.ts'

/** A colour of style.css, `--truth` say, as it is now: light or dark. */
export const color = (name: string) => (): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name)

const FONT = '12px system-ui, sans-serif'

/** Pixels of a chart, axes included. */
export const HEIGHT = 280

/** Distances between ticks of an axis of whole numbers. */
export const WHOLE = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000]

/** An axis in the page's style; a label is as far from the ticks as they are from the chart. */
export const axis = (options: uPlot.Axis): uPlot.Axis => ({
  stroke: color('--muted'),
  font: FONT,
  size: 26,
  labelFont: FONT,
  labelSize: 20,
  labelGap: 0,
  grid: { stroke: color('--rule'), width: 1 },
  ticks: { show: false },
  gap: 6,
  ...options,
})

export interface ChartOptions {
  readonly title: string
  /** Name and CSS class of each line, in the caption. */
  readonly keys: readonly (readonly [label: string, className: string])[]
  readonly height: number
  readonly plot: Omit<uPlot.Options, 'width' | 'height' | 'legend' | 'cursor'>
  /** What to say of the data's column under the pointer. */
  readonly read: (index: number) => string
}

export class Chart {
  readonly #figure: HTMLElement
  readonly #plot: uPlot
  readonly #resize: ResizeObserver
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  #data: uPlot.AlignedData
  readonly #draw = perFrame(() => this.#plot.setData(this.#data))
  readonly #redraw = (): void => this.#plot.redraw(false)

  constructor(
    figure: HTMLElement,
    data: uPlot.AlignedData,
    { title, keys, height, plot, read }: ChartOptions,
  ) {
    const reading = create('span', { className: 'reading' })
    const legend = keys.map(([label, className]) => create('span', { className: `key ${className}` }, label))
    // Screen readers get the numbers from the page's text and table.
    const canvas = create('div', { role: 'img', ariaLabel: title })
    figure.replaceChildren(create('figcaption', {}, create('b', {}, title), ...legend, reading), canvas)
    const setCursor = ({ cursor: { idx } }: uPlot): void => {
      reading.textContent = idx === null || idx === undefined ? '' : read(idx)
    }
    this.#figure = figure
    this.#data = data
    this.#plot = new uPlot(
      {
        padding: [10, 16, 0, 0],
        ...plot,
        width: this.#width,
        height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        hooks: { ...plot.hooks, setCursor: [setCursor] },
      },
      data,
      canvas,
    )
    this.#resize = new ResizeObserver(() => {
      if (this.#plot.width !== this.#width) this.#plot.setSize({ width: this.#width, height })
    })
    this.#resize.observe(figure)
    this.#scheme.addEventListener('change', this.#redraw)
  }

  /** Shows other data from the next frame on. */
  update(data: uPlot.AlignedData): void {
    this.#data = data
    this.#draw()
  }

  destroy(): void {
    this.#scheme.removeEventListener('change', this.#redraw)
    this.#resize.disconnect()
    this.#plot.destroy()
  }

  get #width(): number {
    return Math.max(120, Math.floor(this.#figure.clientWidth))
  }
}
