// The cases of test/golden: models, and the numbers that real Keras computed with them (test/golden/README.md).

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readSafetensors } from '../../src/formats/safetensors/safetensors.ts'

/** One of a case's arrays; `name` is what follows `grad.` or `after.`, else the array's own name. */
export interface NamedArray {
  name: string
  shape: number[]
  data: Float32Array | Int32Array
}

/** How a case was fit: `fit`'s arguments in Keras's names. */
export interface FitSettings {
  batch_size: number
  epochs: number
  shuffle: boolean
  /** One call of fit per epoch, with the states of stateful layers reset after each. */
  reset_states_between_epochs: boolean
  sample_weight: boolean
  class_weight: Record<string, number> | null
  validation_split: number | null
  /** Callbacks by Keras's class and options. */
  callbacks?: readonly { class_name: string; config: Record<string, unknown> }[]
}

/** What Keras calls a history: for each loss or metric, a number per epoch. */
export type HistoryRecord = Record<string, number[] | undefined>

/** case.json; what belongs to training is absent where a model was only run forward. */
export interface CaseDescription {
  name: string
  what: string
  /** The version of Keras. */
  keras: string
  inputs: number
  count_params: number
  /** The shapes of all arrays in data.safetensors. */
  tensors: Record<string, number[]>
  fit?: FitSettings
  history?: HistoryRecord
  /** The losses of two more epochs, from trained.keras on. */
  resumed_history?: HistoryRecord
  /** The total loss, penalties included, of the first `batch_size` samples, before training. */
  first_batch_loss?: number
}

export interface GoldenCase {
  name: string
  case: CaseDescription
  /** Architecture, compile settings, initial weights. */
  modelBytes: Uint8Array
  /** The model after the fit with its optimizer's state; null where there was no fit. */
  trainedBytes: Uint8Array | null
  /** `model.summary(line_length=80)`. */
  summary: string
  x: NamedArray[]
  y: NamedArray[]
  sampleWeight: NamedArray | null
  /** The prediction of `x`, one array an output, before the fit … */
  predict0: NamedArray[]
  /** … and after it. */
  predict1: NamedArray[]
  /** By weight path, of the first `batch_size` samples, before training. */
  gradients: Map<string, NamedArray>
  /** Every weight after the fit, by path. */
  after: Map<string, NamedArray>
}

const folder = new URL('../golden/', import.meta.url)

/** The names of all cases, sorted. */
export const goldenNames: string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => existsSync(new URL(`${name}/case.json`, folder)))
  .sort()

/** Reads one case whole. */
export function goldenCase(name: string): GoldenCase {
  const file = (path: string): URL => new URL(`${name}/${path}`, folder)
  const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(file(path)))
  const text = (path: string): string => readFileSync(file(path), 'utf8')

  const description: CaseDescription = JSON.parse(text('case.json'))
  // The arrays' own file has scalars as [1]; their shapes as Keras has them are in the description.
  const stored = [...readSafetensors(`${name}/data.safetensors`, bytes('data.safetensors')).tensors]
  const tensors = stored.map(([key, { data, shape }]) => {
    if (!(data instanceof Float32Array || data instanceof Int32Array))
      throw new Error(`${name}, ${key}: expected F32 or I32`)
    return [key, { data, shape: description.tensors[key] ?? [...shape] }] as const
  })
  const startingWith = (prefix: RegExp, strip = false): NamedArray[] =>
    tensors
      .filter(([key]) => prefix.test(key))
      .map(([key, array]) => ({ name: strip ? key.replace(prefix, '') : key, ...array }))
  const byPath = (prefix: RegExp): Map<string, NamedArray> =>
    new Map(startingWith(prefix, true).map((array) => [array.name, array]))

  return {
    name,
    case: description,
    modelBytes: bytes('model.keras'),
    trainedBytes: existsSync(file('trained.keras')) ? bytes('trained.keras') : null,
    summary: text('summary.txt'),
    x: startingWith(/^x\d+$/),
    y: startingWith(/^y\d+$/),
    sampleWeight: startingWith(/^sample_weight$/)[0] ?? null,
    predict0: startingWith(/^predict0\./),
    predict1: startingWith(/^predict1\./),
    gradients: byPath(/^grad\./),
    after: byPath(/^after\./),
  }
}
