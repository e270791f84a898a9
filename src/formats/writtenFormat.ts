// The format of a file that is written, by the ending of its name: a name never holds what its ending does not say.

import { describeValue, fail } from '../errors.ts'
import type { Destination, SaveOptions, SaveWeightsOptions } from '../models/saving.ts'
import { isFolder, nameOf } from './destination.ts'

type Format<T extends { readonly format?: string | null }> = NonNullable<T['format']>

/** A format that a file with the ending cannot have, and what to do instead. */
interface Refusal {
  readonly remedy: string
}

/** Formats by the endings of names; a longer ending goes before one that it ends with. */
type Endings<F> = Readonly<Record<string, F | Refusal>>

const WEIGHTS: Refusal = { remedy: 'Call saveWeights, for weights alone.' }
const OLDER: Refusal = {
  remedy: 'Save the model as .keras, which Keras 3 opens; or call saveWeights, for weights alone.',
}

const ofModels: Endings<Format<SaveOptions>> = {
  '.keras': 'keras',
  '.json': 'tfjs',
  '.onnx': 'onnx',
  '.html': 'html',
  '.js': 'js',
  '.mjs': 'js',
  '.weights.h5': WEIGHTS,
  '.safetensors': WEIGHTS,
  '.h5': OLDER,
  '.hdf5': OLDER,
}

/** `legacy`: Keras's older layout, of weights without the optimizer's state. */
export type WeightsFormat = Format<SaveWeightsOptions> | 'legacy'

const MODEL: Refusal = { remedy: 'Call save, for a whole model.' }

const ofWeights: Endings<WeightsFormat> = {
  '.weights.h5': 'h5',
  '.h5': 'legacy',
  '.hdf5': 'legacy',
  '.safetensors': 'safetensors',
  '.keras': MODEL,
  '.json': MODEL,
  '.onnx': MODEL,
  '.html': MODEL,
  '.js': MODEL,
  '.mjs': MODEL,
}

/** What a name ends in: a point and a word. The numbers of `v1.5` and `0.25` are no endings. */
const endingOf = (name: string): string | null => /\.[a-z]\w*$/i.exec(name)?.[0].toLowerCase() ?? null

/**
 * The format by a name; `standard` for one without an ending.
 *
 * @throws {RecurraError} for an ending of another format.
 */
function formatByName<F extends string>(endings: Endings<F>, standard: F, name: string, where: string): F {
  const ending = endingOf(name)
  if (ending === null) return standard
  const known = Object.keys(endings).find((key) => name.toLowerCase().endsWith(key))
  const format = known === undefined ? undefined : endings[known]
  if (typeof format === 'string') return format
  const written = Object.keys(endings).filter((key) => typeof endings[key] === 'string')
  return fail(where, {
    expected: `a name that ends in ${written.slice(0, -1).join(', ')} or ${written.at(-1)}`,
    got: describeValue(name),
    remedy:
      (format as Refusal | undefined)?.remedy ??
      `For a name of another ending, give { format: '${standard}' }.`,
  })
}

/**
 * Checks the name of a file that has one format whatever its name is.
 *
 * @throws {RecurraError} for an ending of another format.
 */
export function checkEnding(ending: string, destination: Destination | null, where: string): void {
  const name = nameOf(destination)
  const given = endingOf(name)
  if (given !== null && given !== ending)
    fail(where, { expected: `a name that ends in ${ending}`, got: describeValue(name) })
}

/** A model's format: TensorFlow.js's for the handle of a folder, which its several files go to. */
export const modelFormat = (destination: Destination | null, where: string): Format<SaveOptions> =>
  isFolder(destination) ? 'tfjs' : formatByName(ofModels, 'keras', nameOf(destination), where)

export const weightsFormat = (destination: Destination | null, where: string): WeightsFormat =>
  formatByName(ofWeights, 'h5', nameOf(destination), where)
