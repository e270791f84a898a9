// Data of files as a model takes them: rows of a table become samples or windows of a series, arrays are found by name.

import { describeValue, fail } from '../errors.ts'
import type { CallableModel } from '../models/model.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { readData } from './dataFiles.ts'
import { numbersIn, type Table } from './tables.ts'

/** What the command line says about data. */
export interface DataOptions {
  /** Whether the first row of a table has the names of its columns; found out by default. */
  readonly header?: boolean
  /** The columns of a table that are read, by name or by number from 1; all by default. */
  readonly columns?: readonly string[]
  /** The columns that are targets; the last ones by default. */
  readonly targets?: readonly string[]
  /** Rows are time steps, and samples are windows of so many. */
  readonly window?: number
  /** The target is the row that lies so many behind the window: 1, the default, is the next. */
  readonly horizon?: number
}

/** Inputs, and targets where there are some. */
export interface Samples {
  readonly x: Tensor | readonly Tensor[]
  readonly y: Tensor | readonly Tensor[] | null
}

/**
 * Reads the samples of a file for a model.
 *
 * @param trains Whether targets must be there.
 * @throws {RecurraError} if the data do not fit the model's inputs; it says what the model takes.
 */
export async function readSamples(
  model: CallableModel,
  path: string,
  options: DataOptions,
  trains: boolean,
): Promise<Samples> {
  const { header, columns, targets, window, horizon } = options
  const file = await readData(path, header)
  if (file.kind === 'arrays') {
    const said = Object.entries({ header, columns, targets, window, horizon }).find(
      ([, value]) => value !== undefined,
    )
    if (said)
      fail(path, {
        expected: `a table, as --${said[0]} says`,
        got: 'arrays',
        remedy: `Leave out --${said[0]}: arrays have the shapes of the inputs.`,
      })
    return namedSamples(model, path, file.arrays, trains)
  }
  if (horizon !== undefined && window === undefined)
    fail(path, {
      expected: '--window beside --horizon',
      got: 'none',
      remedy: 'Say how many rows a window has.',
    })
  return options.window === undefined
    ? rowSamples(model, file.table, options, trains)
    : windowSamples(file.table, { ...options, window: options.window }, trains)
}

const listed = (tensors: readonly Tensor[]): Tensor | readonly Tensor[] =>
  tensors.length === 1 ? (tensors[0] as Tensor) : tensors

/** Arrays named x, or x0, x1 …, or as the model's inputs are; targets y alike. The one of a .npy file is the input. */
function namedSamples(
  model: CallableModel,
  path: string,
  arrays: ReadonlyMap<string, Tensor>,
  trains: boolean,
): Samples {
  const find = (letter: string, names: readonly string[], isNeeded: boolean): Tensor[] | null => {
    const count = names.length
    const found = names.map(
      (name, i) =>
        arrays.get(name) ?? arrays.get(`${letter}${i}`) ?? (count === 1 ? arrays.get(letter) : undefined),
    )
    if (found.every((tensor) => tensor !== undefined)) return found as Tensor[]
    const alone = arrays.get('')
    if (letter === 'x' && count === 1 && alone) return [alone]
    if (!isNeeded) return null
    return fail(path, {
      expected: `arrays named ${names.map((name, i) => `${letter}${count > 1 ? i : ''} or ${name}`).join(', ')}`,
      got: [...arrays.keys()].map((name) => name || 'one without a name').join(', '),
    })
  }
  const x = find(
    'x',
    model.inputs.map(({ layer }) => layer.name),
    true,
  ) as Tensor[]
  const y = find(
    'y',
    model.outputs.map(({ layer }) => layer.name),
    trains,
  )
  return { x: listed(x), y: y && listed(y) }
}

const widthOf = ({ rows: [first = []] }: Table): number => first.length

/** The index of a column that is named, or counted from 1. */
function columnOf(table: Table, name: string): number {
  const { path, columns } = table
  const width = widthOf(table)
  const byName = columns?.indexOf(name) ?? -1
  const last = columns?.lastIndexOf(name) ?? -1
  if (byName !== last)
    fail(path, {
      expected: 'a name that one column has',
      got: `${describeValue(name)}, which columns ${byName + 1} and ${last + 1} have`,
      remedy: 'Say its number.',
    })
  const index = byName >= 0 ? byName : Number(name) - 1
  return Number.isInteger(index) && index >= 0 && index < width
    ? index
    : fail(path, {
        expected: `columns among ${columns?.join(', ') ?? `1 to ${width}`}`,
        got: describeValue(name),
        remedy: columns ? undefined : 'Say --header if the first row has the names of columns.',
      })
}

/** The indices of columns that are named, or counted from 1, each once. */
function columnsOf(table: Table, names: readonly string[]): number[] {
  const found = names.map((name) => columnOf(table, name))
  const again = found.findIndex((column, i) => found.indexOf(column) < i)
  if (again >= 0)
    fail(table.path, { expected: 'each column once', got: `${describeValue(names[again])} again` })
  return found
}

/** The columns that are inputs, and those that are targets, of which there may be none. */
function splitColumns(table: Table, { columns, targets = [] }: DataOptions) {
  const all = columns ? columnsOf(table, columns) : [...Array(widthOf(table)).keys()]
  const asTargets = columnsOf(table, targets)
  return { inputs: all.filter((column) => !asTargets.includes(column)), targets: asTargets }
}

/** A row a sample: as many numbers as an input has, then the targets. */
function rowSamples(model: CallableModel, table: Table, options: DataOptions, trains: boolean): Samples {
  const { path } = table
  const [input, ...others] = model.inputs
  if (!input || others.length > 0)
    return fail(path, {
      expected: `arrays for ${model.inputs.length} inputs`,
      got: 'a table',
      remedy: 'Give them as .safetensors, by the names of the inputs.',
    })
  const sample = input.shape.slice(1)
  const known = sizeOf(sample.map((extent) => extent ?? 1))
  const { inputs, targets } = splitColumns(table, options)
  const isOpen = sample.includes(null)
  // Without names the last columns are targets.
  const width = isOpen ? inputs.length - (targets.length > 0 || !trains ? 0 : 1) : known
  const rest = [...inputs.slice(width), ...targets]
  const isNarrow = width > inputs.length || width % known !== 0
  if (isNarrow || (trains && rest.length === 0))
    fail(path, {
      expected: `${width} columns for an input of ${known} numbers${trains ? ', and targets behind them' : ''}`,
      got: `${inputs.length + targets.length}`,
      remedy: isNarrow
        ? 'For a series whose rows are time steps, say --window.'
        : 'Name the columns that are targets by --targets.',
    })
  const rows = table.rows.length
  const shape = sample.map((extent) => extent ?? width / known)
  const x = new Tensor(numbersIn(table, inputs.slice(0, width)).data, [rows, ...shape])
  return { x, y: trains ? targetsOf(model, numbersIn(table, rest)) : null }
}

/** Targets in the shape of the output that they have room for. */
function targetsOf({ outputs: [output] }: CallableModel, targets: Tensor): Tensor {
  const sample = output?.shape.slice(1).map((extent) => extent ?? 0) ?? []
  return sizeOf(sample) === targets.shape[1]
    ? new Tensor(targets.data, [targets.shape[0] ?? 0, ...sample])
    : targets
}

/** Windows of a series: all columns are inputs, and the targets those named, or all. Without targets the last window has its end. */
function windowSamples(
  table: Table,
  { window, horizon = 1, ...options }: DataOptions & { readonly window: number },
  trains: boolean,
): Samples {
  const { path } = table
  const { inputs, targets } = splitColumns(table, options)
  const all = [...inputs, ...targets].sort((a, b) => a - b)
  const series = numbersIn(table, all)
  const goals = numbersIn(table, targets.length > 0 ? targets : all)
  const [steps = 0, features = 0] = series.shape
  const least = window + (trains ? horizon : 0)
  const count = steps - least + 1
  if (count < 1) fail(path, { expected: `at least ${least} rows for windows of ${window}`, got: `${steps}` })
  const x = new Float32Array(count * window * features)
  for (let i = 0; i < count; i++)
    x.set(series.data.subarray(i * features, (i + window) * features), i * window * features)
  const width = goals.shape[1] ?? 0
  const y = trains ? new Tensor(goals.data.slice((least - 1) * width), [count, width]) : null
  return { x: new Tensor(x, [count, window, features]), y }
}
