// What an entry of the demo is: a model, its data, and how to look at what it predicts. The page and the terminal
// show any of them; a new one is a file in problems/ and a line in problems/index.ts.

import type { LayersModel, Tensor } from 'recurra'
import type { Trial } from './trial.ts'

/** Texts in both languages. */
export interface Programs {
  readonly keras: string
  readonly typescript: string
}

/** What stands around the model in the programs of an entry (problems/listing.ts). */
export interface Listing {
  /** What x and y are, as a comment, or the lines that make them. */
  readonly data: string | Programs
  /** Classes of one's own, above that. */
  readonly own?: Programs
  /** The lines after the training; by default `result` is what the model predicts for x. */
  readonly use?: Programs
  /** What these lines import: Python's lines, and names from `recurra`. */
  readonly imports?: { readonly keras?: string; readonly typescript?: readonly string[] }
}

export interface Problem {
  /** In the page's address and in ids: `echo`. */
  readonly name: string
  readonly title: string
  /** Under which heading it stands. */
  readonly group: Group
  /** A paragraph: what is learned from what. */
  readonly about: string
  /**
   * For setSeed, before the model is made and again before each fit: epochs are shuffled alike in one fit or in several.
   */
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  /** Shapes of input and output: `[N, 12, 1] → [N, 1]`. */
  readonly shapes: string
  /** What the training reaches. */
  readonly quality: Quality
  /** Where training takes longer than every run of the tests has time for: what fewer epochs reach. */
  readonly brief?: { readonly epochs: number; readonly bound: number }
  /** Whether samples follow on one another: not shuffled, states reset before each epoch and each prediction. */
  readonly isStateful?: true
  /** What the programs that the page shows have beside the model. */
  readonly code: Listing
  /** Makes the model, compiled. */
  createModel(): LayersModel
  load(readText: ReadText): Promise<Task>
  /** What the reader may try on the model; it stands in the place of the chart of predictions. */
  readonly trial?: Trial
}

/** The headings, in the order of the page. */
export const groups = [
  'Echoes',
  'One series, one step',
  'Several series',
  'Several steps',
  'Shapes of models',
  'Text',
  'Real data',
] as const

export type Group = (typeof groups)[number]

/** A number that the trained model must be below or above. */
export interface Quality {
  /** What is measured, on which values: `RMSE on held-out windows`. */
  readonly measure: string
  readonly better: 'below' | 'above'
  readonly bound: number
}

export const isReached = ({ better, bound }: Quality, value: number): boolean =>
  better === 'below' ? value < bound : value > bound

/** Reads a file of the demo: over HTTP in the page, from disk in Node. */
export type ReadText = (url: URL) => Promise<string>

/** A problem's data. */
export interface Task {
  /** What it learns from. */
  readonly x: Tensor
  readonly y: Tensor
  /** The inputs of the predictions that are shown: those of `truth.values` from `predictedFrom` on. */
  readonly inputs: Tensor
  readonly truth: Truth
  /** The model's outputs for `inputs` in the unit of the truth. */
  decode(outputs: Tensor): number[]
  /** What the predictions are worth, best told beside what needs no model. */
  score(predictions: readonly number[]): Score
}

/** The series that predictions are compared with. */
export interface Truth {
  /** Names of the horizontal and the vertical axis: `Month`, `Passengers, thousands`. */
  readonly position: string
  readonly quantity: string
  readonly positions: readonly number[]
  readonly values: readonly number[]
  /** Index of the first value that is predicted. */
  readonly predictedFrom: number
  /** Index of the first value that the model did not learn from; null where it learns from all. */
  readonly heldOutFrom: number | null
  /** Digits after the point, of truth and of predictions. */
  readonly digits: readonly [truth: number, prediction: number]
  formatPosition(position: number): string
  /** A value as text, of truth and of predictions, where values stand for something else: by default a number of `digits`. */
  formatValue?(value: number): string
  /** Names of classes, of which `values` are the numbers: the chart has points at these. */
  readonly classes?: readonly string[]
  /** Names of series whose values take turns in `values`: each is a line of its own. */
  readonly series?: readonly string[]
  /** Whether the held-out values do not follow on those before them: no line joins them. */
  readonly isApart?: boolean
  /** Values that the chart shows, from the first; all by default. */
  readonly charted?: number
}

export interface Score {
  /** The number that `problem.quality` is about. */
  readonly quality: number
  /** What is measured, in which unit. */
  readonly caption: string
  readonly rows: readonly { readonly label: string; readonly value: string; readonly isModel: boolean }[]
  readonly note?: string
}

/** One predicted value beside the truth, as texts. */
export interface PredictionRow {
  readonly position: string
  readonly truth: string
  readonly prediction: string
}

/** The predictions to list: of the held-out values, or of all where none are. */
export function rowsOf({ truth }: Task, predictions: readonly number[]): PredictionRow[] {
  const first = truth.heldOutFrom ?? truth.predictedFrom
  const show = (value: number, digits: number): string =>
    truth.formatValue && !Number.isNaN(value) ? truth.formatValue(value) : value.toFixed(digits)
  return truth.values.slice(first).map((value, i) => ({
    position: truth.formatPosition(truth.positions[first + i] ?? Number.NaN),
    truth: show(value, truth.digits[0]),
    prediction: show(predictions[first + i - truth.predictedFrom] ?? Number.NaN, truth.digits[1]),
  }))
}
