// What model.save, saveWeights, loadWeights and toJSON do. Loaded with the first of them.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import type {
  Destination,
  LoadWeightsOptions,
  SaveOptions,
  SaveWeightsOptions,
  Source,
} from '../models/saving.ts'
import type { StoredModel } from '../models/storedModel.ts'
import { type FilePieces, inOrder } from '../util/filePieces.ts'
import { nullable, oneOf, option, readOptions, type TableFor } from '../util/options.ts'
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
import { modelFormat, type WeightsFormat, weightsFormat } from './writtenFormat.ts'

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

/** A model's file, `.keras` or `.h5`, in pieces. */
export async function modelFile(
  model: StoredModel,
  where: string,
  { format, compile = true }: { readonly format: 'keras' | 'h5'; readonly compile?: boolean },
): Promise<FilePieces> {
  if (format === 'keras') return kerasFile(model, compile, where)
  const { legacyModelFile } = await import('./keras/writeLegacyModel.ts')
  return inOrder(await legacyModelFile(model, compile, where))
}

/** A model's `.weights.h5`, in arrays that follow each other. */
export const weightsArrays = async (model: StoredModel): Promise<Uint8Array[]> =>
  writeHdf5(await weightsOf(model, true))

/** Throws for a model that no file can have: for its compile settings, or as `.h5`. */
export async function checkSavable(model: StoredModel, where: string, format: 'keras' | 'h5'): Promise<void> {
  compileConfigOf(model, where)
  if (format === 'h5') (await import('./keras/writeLegacyModel.ts')).checkLegacyModel(model, true, where)
}

export async function saveModel(
  model: StoredModel,
  destination: Destination | null,
  options: SaveOptions,
): Promise<Uint8Array | undefined> {
  const where = `${model.where}.save`
  const { compile, format: given, quantization } = readOptions(where, saveOptions, options)
  const format = given ?? modelFormat(destination, where)
  if (format === 'tfjs') {
    const { tfjsFiles } = await import('./tfjs/writeTfjs.ts')
    await writeSeveral(destination, where, 'model.json', (name) =>
      tfjsFiles(model, name, quantization, where),
    )
    return undefined
  }
  if (quantization !== null)
    fail(where, { expected: "quantization with format: 'tfjs' alone", got: describeValue(quantization) })
  const compute = async (): Promise<FilePieces> => {
    if (format === 'onnx') return (await import('./onnx/toONNX.ts')).onnxFile(model, where)
    if (format === 'html' || format === 'js')
      return (await import('./eject/eject.ts')).ejectedFile(model, { format }, where)
    return modelFile(model, where, { format, compile })
  }
  return writeTo(destination, where, compute, `model.${format}`)
}

export async function saveWeights(
  model: StoredModel,
  destination: Destination | null,
  options: SaveWeightsOptions,
): Promise<Uint8Array | undefined> {
  const where = `${model.where}.saveWeights`
  const { format: given } = readOptions(where, saveWeightsOptions, options)
  const format = given ?? weightsFormat(destination, where)
  const compute = async (): Promise<FilePieces> => {
    if (format === 'safetensors')
      return inOrder(
        await (await import('./safetensors/safetensorsWeights.ts')).safetensorsFile(model, where),
      )
    if (format === 'h5') return inOrder(await weightsArrays(model))
    return inOrder(await (await import('./keras/writeLegacyWeights.ts')).legacyWeightsFile(model, where))
  }
  return writeTo(destination, where, compute, NAMES[format])
}

/** What functions are told of files of weights. */
const NAMES: Readonly<Record<WeightsFormat, string>> = {
  h5: 'model.weights.h5',
  legacy: '',
  safetensors: 'model.safetensors',
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
  const reader = await readerOf(where, bytes, true)
  const stored = await reader.readWeightsFile(where, bytes, beside)
  const weights = stored.setters(model, where, options)
  // Weights of another model come without the state of its training.
  const isPart = options.skipMismatch || options.byName
  const state = isPart ? [] : stored.optimizerSetters(model, where)
  for (const set of [...weights, ...state]) set()
}

export const modelToJSON = (model: StoredModel): string => kerasJson(kerasConfigOf(model))
