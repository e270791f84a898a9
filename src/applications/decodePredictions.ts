// Classes of ImageNet by their names.

import { readKerasFile } from '../datasets/kerasFile.ts'
import { type DatasetOptions, datasetOptionTable } from '../datasets/options.ts'
import { checkInteger, fail } from '../errors.ts'
import { failFormat } from '../formats/formatError.ts'
import type { ArrayData } from '../models/data/data.ts'
import { option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { toTensor } from '../util/tensor.ts'

export interface DecodeOptions extends DatasetOptions {
  /** How many classes of each sample are told, the most probable first; `5` by default. */
  readonly top?: number
}

const table = {
  ...datasetOptionTable,
  top: option(5, (where, name, value) => checkInteger(where, name, value, { min: 1 })),
} as const satisfies TableFor<DecodeOptions>

/** A class of ImageNet: its id in WordNet, its name, and its probability. */
export type DecodedPrediction = readonly [id: string, name: string, score: number]

const CLASSES = 1000

const FILE = {
  name: 'imagenet_class_index.json',
  origin: 'https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json',
  hash: 'c2c37ea517e94d9795004a39431a14cb',
}

function namesIn(where: string, bytes: Uint8Array): (readonly [id: string, name: string])[] {
  let classes: unknown
  try {
    classes = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    failFormat(where, { expected: 'classes of ImageNet as JSON', got: 'another file' })
  }
  return Array.from({ length: CLASSES }, (_, i) => {
    const entry: unknown = Object(classes)[i]
    const [id, name]: readonly unknown[] = Array.isArray(entry) ? entry : []
    if (typeof id !== 'string' || typeof name !== 'string')
      return failFormat(where, { expected: `the id and the name of class ${i}`, got: 'none' })
    return [id, name] as const
  })
}

/**
 * The most probable classes of each sample, by their names: `[['n02124075', 'Egyptian_cat', 0.87], …]`. The names are in a file that Keras
 * loads, which is kept as weights are; `path` names another place.
 *
 * @param predictions What a network with its top predicts, `[batch, 1000]`.
 * @throws {RecurraError} if predictions have another shape, or if the file cannot be read.
 * @see keras/src/applications/imagenet_utils.py
 */
export async function decodePredictions(
  predictions: ArrayData,
  options?: DecodeOptions | null,
): Promise<DecodedPrediction[][]> {
  const where = 'decodePredictions'
  const { top, ...request } = readOptions(where, table, options)
  const { data, shape } = toTensor(predictions, where)
  if (shape.length !== 2 || shape[1] !== CLASSES)
    fail(where, { expected: `predictions [batch, ${CLASSES}]`, got: showShape(shape) })
  const names = namesIn(where, await readKerasFile(where, FILE, request, 'models'))
  return Array.from({ length: shape[0] ?? 0 }, (_, sample) => {
    const row = data.subarray(sample * CLASSES, (sample + 1) * CLASSES)
    const order = Array.from(row.keys()).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || b - a)
    return order.slice(0, top).map((i) => {
      const [id, name] = names[i] ?? ['', '']
      return [id, name, row[i] ?? 0] as const
    })
  })
}
