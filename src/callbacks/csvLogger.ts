// CSVLogger: the numbers of each epoch as a line of a table.

import { checkText, describeValue, fail } from '../errors.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { inOrder } from '../util/filePieces.ts'
import { filesFor } from '../util/files.ts'
import { flag, nullable, option, type TableFor } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { floatText } from '../util/pythonFormat.ts'
import type { NestedArray } from '../util/tensor.ts'
import { encodeText } from '../util/text.ts'
import { Callback } from './callback.ts'
import { readArguments } from './options.ts'

/** A function that takes the lines of a table, each with its line break. */
export type LineWriter = (line: string) => unknown

export interface CSVLoggerOptions {
  /** What stands between columns, `','` by default. */
  readonly separator?: string
  /** Whether lines are added to a file that exists, without a second heading; `false` by default. */
  readonly append?: boolean
}

interface AllOptions extends CSVLoggerOptions {
  /** A path in Node, or a function that takes each line. */
  readonly filename?: string | LineWriter | null
}

const options = {
  filename: nullable<string | LineWriter>((where, name, value) =>
    typeof value === 'function' ? (value as LineWriter) : checkText(where, name, value),
  ),
  separator: option(',', (where, name, value) =>
    typeof value === 'string' && value.length === 1
      ? value
      : fail(where, { expected: `${name} to be one character`, got: describeValue(value) }),
  ),
  append: flag(false),
} as const satisfies TableFor<AllOptions>

type Arguments = PlacedArguments<[filename?: string | LineWriter], CSVLoggerOptions, AllOptions>

class CSVLoggerCallback extends Callback {
  /** A path in Node, or a function that takes each line. */
  readonly filename: string | LineWriter | null
  /** What stands between columns, `','` by default. */
  readonly separator: string
  /** Whether lines are added to a file that exists, without a second heading; `false` by default. */
  readonly append: boolean
  /** All lines so far. */
  text = ''
  #keys: readonly string[] | null = null
  #hasHeading = false

  constructor(...args: Arguments) {
    super()
    const config = readArguments('CSVLogger', options, ['filename'], args)
    this.filename = config.filename
    this.separator = config.separator
    this.append = config.append
  }

  override async onTrainBegin(): Promise<void> {
    this.#keys = null
    const { filename } = this
    const isPath = typeof filename === 'string'
    const before = isPath ? await filesFor('CSVLogger', filename).read(filename) : null
    this.#hasHeading = this.append && (isPath ? (before?.length ?? 0) > 0 : this.text !== '')
    if (this.append) return
    this.text = ''
    if (isPath) await filesFor('CSVLogger', filename).write(filename, inOrder([]))
  }

  override async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    // The columns are those of the first epoch; its validation may come later.
    this.#keys ??= columnsOf(Object.keys(logs))
    if (!this.#hasHeading) await this.#write(['epoch', ...this.#keys])
    this.#hasHeading = true
    await this.#write([String(epoch), ...this.#keys.map((key) => numberText(logs[key]))])
  }

  async #write(cells: readonly string[]): Promise<void> {
    const line = `${cells.map((cell) => this.#quoted(cell)).join(this.separator)}\r\n`
    this.text += line
    const { filename } = this
    if (typeof filename === 'function') await filename(line)
    else if (filename !== null) await filesFor('CSVLogger', filename).append(filename, encodeText(line))
  }

  #quoted(cell: string): string {
    const isSpecial = /["\r\n]/.test(cell) || cell.includes(this.separator)
    return isSpecial ? `"${cell.replaceAll('"', '""')}"` : cell
  }
}

function columnsOf(names: readonly string[]): string[] {
  const sorted = [...names].sort()
  return sorted.some((name) => name.startsWith('val_'))
    ? sorted
    : [...sorted, ...sorted.map((name) => `val_${name}`)]
}

/** A number as Python writes it, several as a list in quotes, and `NA` where there is none. */
function numberText(value: NestedArray | undefined): string {
  if (value === undefined) return 'NA'
  return typeof value === 'number' ? floatText(value) : `"${listText(value)}"`
}

const listText = (value: NestedArray): string =>
  typeof value === 'number' ? floatText(value) : `[${value.map(listText).join(', ')}]`

/**
 * Writes a table with a line an epoch: to a path in Node, to a function, or only into the field `text`.
 *
 * ```ts
 * callbacks: [CSVLogger('log.csv')]
 * ```
 *
 * @see keras/src/callbacks/csv_logger.py
 */
export const CSVLogger: CallableClass<Arguments, CSVLoggerCallback> = callableClass(
  'CSVLogger',
  CSVLoggerCallback,
)
export type CSVLogger = CSVLoggerCallback
