// Writes a model as a .keras file: a zip archive of stored entries, which Keras 3 opens.
//
//   metadata.json      the Keras whose format it is, and the time
//   config.json        the architecture and the compile settings
//   model.weights.h5   the weights and the optimizer's state
//   assets/…           vocabularies that layers learned

import type { StoredModel } from '../models/storedModel.ts'
import type { FilePieces } from '../util/filePieces.ts'
import { encodeText } from '../util/text.ts'
import { compileConfigOf } from './config/compileConfig.ts'
import { writeHdf5 } from './hdf5/writer.ts'
import { kerasConfigOf } from './keras/kerasActivations.ts'
import { kerasJson } from './keras/kerasJson.ts'
import { vocabulariesOf, weightsOf } from './writeWeights.ts'
import { zipOf } from './zipWriter.ts'

/** The version of Keras whose files these are like. */
export const KERAS_VERSION = '3.16.0'

const text = (value: string): Uint8Array[] => [encodeText(value)]

/** `2026-01-31@09:30:00`, as Keras writes times. */
const timeOf = (date: Date): string => date.toISOString().slice(0, 19).replace('T', '@')

/**
 * A model's .keras file, in pieces. Weights among them are views of the model's own.
 *
 * @param compile Whether compile settings and optimizer state are written.
 */
export async function kerasFile(model: StoredModel, compile: boolean, where: string): Promise<FilePieces> {
  const compileConfig = compile ? compileConfigOf(model, where) : null
  const config = { ...kerasConfigOf(model), compile_config: compileConfig ?? {} }
  const metadata = { keras_version: KERAS_VERSION, date_saved: timeOf(new Date()) }
  const entries: readonly (readonly [string, Uint8Array[]])[] = [
    ['metadata.json', text(kerasJson(metadata))],
    ['config.json', text(kerasJson(config))],
    ['model.weights.h5', writeHdf5(await weightsOf(model, compile))],
    ...vocabulariesOf(model).map(([path, tokens]) => [`assets/${path}`, text(tokens)] as const),
  ]
  return zipOf(entries, where)
}
