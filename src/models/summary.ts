// The text of model.summary(), character for character as Keras 3 prints it.

import { checkPositiveInteger, fail } from '../errors.ts'
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

/**
 * Prints a model as a table of its layers and the counts of its parameters, each line with its line break.
 *
 * @param lineLength Characters a line, 80 by default.
 * @throws {RecurraError} if the columns do not fit in `lineLength`.
 */
export function renderSummary({ name, functional, rows, totals }: Summary, lineLength = 80): string {
  const columns = layOut(functional, checkPositiveInteger('summary', 'lineLength', lineLength))
  const cells = rows.map((row) => [
    `${row.name} (${row.className})`,
    row.outputShape,
    typeof row.params === 'number' ? formatThousands(row.params) : row.params,
    row.connectedTo.join(', ') || '-',
  ])
  const { trainable, nonTrainable, optimizer } = totals
  const total = (of: string, count: number): string =>
    ` ${of} params: ${formatThousands(count)} (${formatBytes(4 * count)})`
  const lines = [
    `Model: "${name}"`,
    ...drawTable(columns, cells),
    total('Total', trainable + nonTrainable + (optimizer ?? 0)),
    total('Trainable', trainable),
    total('Non-trainable', nonTrainable),
    ...(optimizer === null ? [] : [total('Optimizer', optimizer)]),
  ]
  return `${lines.join('\n')}\n`
}

/** `(None, 8)` of [null, 8]. */
export const formatShape = (shape: OpenShape): string =>
  `(${shape.map((extent) => extent ?? 'None').join(', ')})`

/** `(None, 8)` of one output, `[(None, 5), (None, 5)]` of several. */
export function formatShapes(shapes: readonly OpenShape[]): string {
  const texts = shapes.map(formatShape)
  return texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`
}

function layOut(functional: boolean, lineLength: number): Column[] {
  const ends = (functional ? GRAPH : CHAIN).map((end) => Math.trunc(end * lineLength))
  // Keras's widths leave out the frame. To make room for it, rich takes a share of what is too much from each
  // column in turn, rounding halves to even: 3, 4, 3 of ten, and 3, 3, 4, 3 of thirteen.
  const shares = functional ? [3, 3, 4, 3] : [3, 4, 3]
  const headers = ['Layer (type)', 'Output Shape', 'Param #', 'Connected to']
  return ends.map((end, index) => {
    const width = end - (ends[index - 1] ?? 0) - (shares[index] ?? 0)
    if (width < 1) {
      fail('summary', {
        expected: `lineLength to leave room for ${ends.length} columns`,
        got: String(lineLength),
        remedy: 'The default is 80.',
      })
    }
    return { header: headers[index] ?? '', width, align: index === 2 ? 'right' : 'left' }
  })
}
