// What model.save, saveWeights, loadWeights and toJSON do. Loaded with the first of them.

import { checkBoolean, checkOneOf, describeValue, fail } from '../errors.ts'
import type {
  Destination,
  LoadWeightsOptions,
  SaveOptions,
  SaveWeightsOptions,
  Source,
} from '../models/saving.ts'
import type { StoredModel } from '../models/storedModel.ts'
import { joined } from '../util/bytes.ts'
import { nullable, option, type Read, readOptions, type TableFor } from '../util/options.ts'
import { compileConfigOf } from './config/compileConfig.ts'
import { writeSeveral, writeTo } from './destination.ts'
import { writeHdf5 } from './hdf5/writer.ts'
import { kerasConfigOf } from './keras/kerasActivations.ts'
import { kerasJson } from './keras/kerasJson.ts'

import { type Beside, readerOf } from './modelFile.ts'
import { readOptionTable } from './readOptions.ts'
import { describeSource, noneBeside, openSource } from './source.ts'
import { kerasFile } from './writeModel.ts'
import { weightsOf } from './writeWeights.ts'
import { modelFormat, weightsFormat } from './writtenFormat.ts'

const oneOf =
  <const T extends string>(words: readonly T[]): Read<T> =>
  (where, name, value) =>
    checkOneOf(where, name, value, words)

const saveOptions = {
  compile: option(true, checkBoolean),
  format: nullable(oneOf(['keras', 'h5', 'tfjs', 'onnx', 'html', 'js'])),
  quantization: nullable(oneOf(['float16', 'uint8', 'uint16'])),
} as const satisfies TableFor<SaveOptions>
const saveWeightsOptions = {
  format: nullable(oneOf(['h5', 'safetensors'])),
} as const satisfies TableFor<SaveWeightsOptions>
const loadOptions = {
  ...readOptionTable,
  byName: option(false, checkBoolean),
  skipMismatch: option(false, checkBoolean),
} as const satisfies TableFor<LoadWeightsOptions>

/** The bytes of a model's `.keras`. */
export const modelBytes = async (model: StoredModel, where: string, compile = true): Promise<Uint8Array> =>
  joined(await kerasFile(model, compile, where))

/** The bytes of a model's `.h5`, Keras's older format. */
export async function legacyBytes(model: StoredModel, where: string, compile = true): Promise<Uint8Array> {
  const { legacyModelFile } = await import('./keras/writeLegacyModel.ts')
  return joined(await legacyModelFile(model, compile, where))
}

/** The bytes of a model's `.weights.h5`. */
export const weightsBytes = async (model: StoredModel): Promise<Uint8Array> =>
  joined(writeHdf5(await weightsOf(model, true)))

/** Throws for a model that no file can have: for its compile settings, or as `.h5`. */
export async function checkSavable(model: StoredModel, where: string, format: 'keras' | 'h5'): Promise<void> {
  compileConfigOf(model, where)
  if (format === 'h5') await (await import('./keras/writeLegacyModel.ts')).legacyModelFile(model, true, where)
}

export async function saveModel(
  model: StoredModel,
  destination: Destination | null,
  options: SaveOptions,
): Promise<Uint8Array> {
  const where = `${model.where}.save`
  const { compile, format: given, quantization } = readOptions(where, saveOptions, options)
  const format = given ?? modelFormat(destination, where)
  if (format === 'tfjs') {
    const { tfjsFiles } = await import('./tfjs/writeTfjs.ts')
    return writeSeveral(destination, where, 'model.json', (name) =>
      tfjsFiles(model, name, quantization, where),
    )
  }
  if (quantization !== null)
    fail(where, { expected: "quantization with format: 'tfjs' alone", got: describeValue(quantization) })
  if (format === 'onnx') {
    const { onnxBytes } = await import('./onnx/toONNX.ts')
    return writeTo(destination, where, () => onnxBytes(model, where), 'model.onnx')
  }
  if (format === 'h5')
    return writeTo(destination, where, () => legacyBytes(model, where, compile), 'model.h5')
  if (format === 'html' || format === 'js') {
    const { ejectedBytes } = await import('./eject/eject.ts')
    return writeTo(destination, where, () => ejectedBytes(model, { format }, where), `model.${format}`)
  }
  return writeTo(destination, where, () => modelBytes(model, where, compile), 'model.keras')
}

export async function saveWeights(
  model: StoredModel,
  destination: Destination | null,
  options: SaveWeightsOptions,
): Promise<Uint8Array> {
  const where = `${model.where}.saveWeights`
  const { format: given } = readOptions(where, saveWeightsOptions, options)
  const format = given ?? weightsFormat(destination, where)
  if (format === 'safetensors') {
    const { safetensorsBytes } = await import('./safetensors/safetensorsWeights.ts')
    return writeTo(destination, where, () => safetensorsBytes(model, where), 'model.safetensors')
  }
  if (format === 'h5') return writeTo(destination, where, () => weightsBytes(model), 'model.weights.h5')
  return writeTo(destination, where, async () => {
    const { legacyWeightsFile } = await import('./keras/writeLegacyWeights.ts')
    return joined(await legacyWeightsFile(model, where))
  })
}

export async function loadWeights(
  model: StoredModel,
  source: Source,
  options: LoadWeightsOptions,
): Promise<void> {
  const where = describeSource(`${model.where}.loadWeights`, source)
  const { signal, onProgress, ...which } = readOptions(where, loadOptions, options)
  const { bytes, beside } = await openSource(source, where, { signal, onProgress })
  await restoreWeights(model, bytes, where, which, beside)
}

/**
 * Sets the weights of a model, and its optimizer's state where it is compiled and the file has it, to those of a file.
 *
 * @throws {FormatError} if the file is of another model; nothing is set then.
 */
export async function restoreWeights(
  model: StoredModel,
  bytes: Uint8Array,
  where: string,
  options: LoadWeightsOptions = {},
  beside: Beside = noneBeside(where),
): Promise<void> {
  const reader = await readerOf(where, bytes)
  const stored = await reader.readWeightsFile(where, bytes, beside)
  const weights = stored.setters(model, where, options)
  // Weights of another model come without the state of its training.
  const isPart = options.skipMismatch || options.byName
  const state = isPart ? [] : stored.optimizerSetters(model, where)
  for (const set of [...weights, ...state]) set()
}

export const modelToJSON = (model: StoredModel): string => kerasJson(kerasConfigOf(model))
