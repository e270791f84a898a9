// The format of a file that is written, by the ending of its name: a name never holds what its ending does not say. All writers ask
// here, each with a table of its own.

import { describeValue, fail } from '../errors.ts'
import type { Destination, SaveOptions, SaveWeightsOptions } from '../models/saving.ts'
import { isFolder, nameOf } from './destination.ts'

type Format<T extends { readonly format?: string | null }> = NonNullable<T['format']>

/** A format that a file with the ending cannot have, and what to do instead. */
interface Refusal {
  readonly remedy: string
}

/** What a writer writes under which endings. */
export interface Endings<F extends string> {
  /** Formats by the endings of names, of which the longest counts. */
  readonly formats: Readonly<Record<string, F | Refusal>>
  /** The format of a name without an ending; `null` where a name must have one. */
  readonly standard: F | null
  /** What to do about an ending that is not in the table. */
  readonly remedy?: string
}

const WEIGHTS: Refusal = { remedy: 'Call saveWeights, for weights alone.' }

const ofModels: Endings<Format<SaveOptions>> = {
  formats: {
    '.keras': 'keras',
    '.h5': 'h5',
    '.hdf5': 'h5',
    '.json': 'tfjs',
    '.onnx': 'onnx',
    '.html': 'html',
    '.js': 'js',
    '.mjs': 'js',
    '.weights.h5': WEIGHTS,
    '.safetensors': WEIGHTS,
  },
  standard: 'keras',
  remedy: "For a name of another ending, give { format: 'keras' }.",
}

/** `legacy`: Keras's older layout, of weights without the optimizer's state. */
export type WeightsFormat = Format<SaveWeightsOptions> | 'legacy'

const MODEL: Refusal = { remedy: 'Call save, for a whole model.' }

const ofWeights: Endings<WeightsFormat> = {
  formats: {
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
  },
  standard: 'h5',
  remedy: "For a name of another ending, give { format: 'h5' }.",
}

/** What the command line writes of a model: the weights alone, too, and nothing without an ending. */
export const ofConversions: Endings<Format<SaveOptions> | 'weights'> = {
  formats: { ...ofModels.formats, '.weights.h5': 'weights', '.safetensors': 'weights' },
  standard: null,
}

/** What a name ends in, in lower case: a point and a word. The numbers of `v1.5` and `0.25` are no endings. */
export const endingOf = (name: string): string | null => /\.[a-z]\w*$/i.exec(name)?.[0].toLowerCase() ?? null

/** `.a, .b or .c`. */
const anyOf = (endings: readonly string[]): string =>
  endings.length > 1 ? `${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}` : endings.join()

/**
 * The format by a name.
 *
 * @throws {RecurraError} for an ending of another format, and without an ending where the table needs one.
 */
export function formatByName<F extends string>(
  { formats, standard, remedy }: Endings<F>,
  name: string,
  where: string,
): F {
  if (endingOf(name) === null && standard !== null) return standard
  const [known] = Object.keys(formats)
    .filter((key) => name.toLowerCase().endsWith(key))
    .sort((a, b) => b.length - a.length)
  const format = known === undefined ? undefined : formats[known]
  if (typeof format === 'string') return format
  const written = Object.keys(formats).filter((key) => typeof formats[key] === 'string')
  const instead = (format as Refusal | undefined)?.remedy ?? remedy
  return fail(where, {
    expected: `a name that ends in ${anyOf(written)}`,
    got: describeValue(name),
    ...(instead !== undefined && { remedy: instead }),
  })
}

/** The format by where a file goes; where that has no name, the standard one. */
export const formatOf = <F extends string>(
  endings: Endings<F>,
  destination: Destination | null,
  where: string,
): F => formatByName(endings, nameOf(destination), where)

/** A model's format: TensorFlow.js's for the handle of a folder, which its several files go to. */
export const modelFormat = (destination: Destination | null, where: string): Format<SaveOptions> =>
  isFolder(destination) ? 'tfjs' : formatOf(ofModels, destination, where)

export const weightsFormat = (destination: Destination | null, where: string): WeightsFormat =>
  formatOf(ofWeights, destination, where)
