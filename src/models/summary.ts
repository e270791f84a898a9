// The text of model.summary(), character for character as Keras 3 prints it.

import { describeValue, fail } from '../errors.ts'
import { formatBytes, formatThousands } from '../util/format.ts'
import type { OpenShape } from '../util/shape.ts'
import { type Column, drawTable } from '../util/table.ts'

/** One layer, or one operation, of a model. */
export interface SummaryRow {
  readonly name: string
  readonly className: string
  /** See {@link formatShapes}. */
  readonly outputShape: string
  /** A count, or words such as `0 (unbuilt)`. */
  readonly params: number | string
  /** Where its inputs come from, `lstm[0][0]`; empty for an input. */
  readonly connectedTo: readonly string[]
  /** `Y` or `N`, and `-` where it has no weights; absent without the column. */
  readonly trainable?: string
}

export interface Summary {
  readonly name: string
  /** Whether the layers form a graph rather than a chain: it takes a column "Connected to". */
  readonly functional: boolean
  readonly rows: readonly SummaryRow[]
  /** Counts of numbers; `optimizer` is null before the model is compiled and its optimizer built. */
  readonly totals: {
    readonly trainable: number
    readonly nonTrainable: number
    readonly optimizer: number | null
  }
}

/** Keras's columns, in fractions of the line where each ends. */
const CHAIN = [0.45, 0.8, 1]
const GRAPH = [0.3, 0.56, 0.74, 1]

const HEADERS = ['Layer (type)', 'Output Shape', 'Param #', 'Connected to']

/** How a summary is laid out. */
export interface SummaryLayout {
  /** Characters a line, 80 by default. */
  readonly lineLength?: number | null
  /** Where each column ends, in fractions of the line; those of Keras by default. */
  readonly positions?: readonly number[] | null
  /** Whether there is a column that says which layers are trained. */
  readonly showTrainable?: boolean
}

/**
 * Prints a model as a table of its layers and the counts of its parameters, each line with its line break.
 *
 * @throws {RecurraError} if the columns do not fit in the line.
 */
export function renderSummary(
  { name, functional, rows, totals }: Summary,
  { lineLength, positions, showTrainable }: SummaryLayout = {},
): string {
  const headers = HEADERS.slice(0, functional ? 4 : 3)
  // What is no list has no ends, and is refused.
  const ends = Array.from(positions ?? (functional ? GRAPH : CHAIN))
  const columns = showTrainable
    ? layOut([...headers, 'Trainable'], [...ends.map((end) => end * 0.9), 1], lineLength ?? 80)
    : layOut(headers, ends, lineLength ?? 80)
  const cells = rows.map((row) => [
    `${row.name} (${row.className})`,
    row.outputShape,
    typeof row.params === 'number' ? formatThousands(row.params) : row.params,
    ...(functional ? [row.connectedTo.join(', ') || '-'] : []),
    row.trainable ?? '',
  ])
  const { trainable, nonTrainable, optimizer } = totals
  const total = (of: string, count: number): string =>
    ` ${of} params: ${formatThousands(count)} (${formatBytes(4 * count)})\n`
  return [
    `Model: "${name}"`,
    ...drawTable(columns, cells),
    total('Total', trainable + nonTrainable + (optimizer ?? 0)) +
      total('Trainable', trainable) +
      total('Non-trainable', nonTrainable) +
      (optimizer === null ? '' : total('Optimizer', optimizer)),
  ].join('\n')
}

/** `(None, 8)` of [null, 8]. */
export const formatShape = (shape: OpenShape): string =>
  `(${shape.map((extent) => extent ?? 'None').join(', ')})`

/** `(None, 8)` of one output, `[(None, 5), (None, 5)]` of several, `?` where the layer was not called. */
export function formatShapes(shapes: readonly OpenShape[]): string {
  const texts = shapes.map(formatShape)
  return texts.length < 2 ? texts.join() || '?' : `[${texts.join(', ')}]`
}

function layOut(headers: readonly string[], positions: readonly number[], lineLength: number): Column[] {
  const count = headers.length
  let start = 0
  // Keras's widths leave out the frame. To make room for it, rich takes a share of what is too much from each
  // column in turn: 3, 4, 3 of ten, and 3, 3, 4, 3 of thirteen.
  let excess = 3 * count + 1
  return headers.map((header, index) => {
    const share = Math.round(excess / (count - index))
    const end = Math.trunc((positions[index] ?? 0) * lineLength)
    const width = end - start - share
    excess -= share
    start = end
    if (!(width >= 1 && end <= lineLength) || positions.length !== count) {
      fail('summary', {
        expected: `lineLength and positions to leave room for ${count} columns`,
        got: `${lineLength} and ${describeValue(positions)}`,
      })
    }
    return { header, width, align: index === 2 ? 'right' : header === 'Trainable' ? 'center' : 'left' }
  })
}
