// What model.save, saveWeights, loadWeights and toJSON do. Loaded with the first of them.

import { checkBoolean, describeValue } from '../errors.ts'
import type { Destination, LoadWeightsOptions, SaveOptions, Source } from '../models/saving.ts'
import type { StoredModel } from '../models/storedModel.ts'
import { joined } from '../util/bytes.ts'
import { option, readOptions, type TableFor } from '../util/options.ts'
import { compileConfigOf } from './compileConfig.ts'
import { writeTo } from './destination.ts'
import { writeHdf5 } from './hdf5/writer.ts'
import { kerasJson } from './kerasJson.ts'
import { configOfLayer } from './layerConfig.ts'
import { readerOf } from './modelFile.ts'
import { readSource } from './source.ts'
import { kerasFile } from './writeModel.ts'
import { weightsOf } from './writeWeights.ts'

const saveOptions = { compile: option(true, checkBoolean) } as const satisfies TableFor<SaveOptions>
const loadOptions = {
  byName: option(false, checkBoolean),
  skipMismatch: option(false, checkBoolean),
} as const satisfies TableFor<LoadWeightsOptions>

/** The bytes of a model's `.keras`. */
export const modelBytes = async (model: StoredModel, where: string, compile = true): Promise<Uint8Array> =>
  joined(await kerasFile(model, compile, where))

/** The bytes of a model's `.weights.h5`. */
export const weightsBytes = async (model: StoredModel): Promise<Uint8Array> =>
  joined(writeHdf5(await weightsOf(model, true)))

/** Throws for a model whose compile settings no file can have. */
export function checkSavable(model: StoredModel, where: string): void {
  compileConfigOf(model, where)
}

export async function saveModel(
  model: StoredModel,
  destination: Destination | null,
  options: SaveOptions,
): Promise<Uint8Array> {
  const where = `${model.where}.save`
  const { compile } = readOptions(where, saveOptions, options)
  return writeTo(destination, where, () => modelBytes(model, where, compile))
}

/** Whether a name is one that Keras gives to files of its older layout: weights.h5, but not .weights.h5. */
const isLegacyName = (destination: Destination | null): boolean =>
  (typeof destination === 'string' || destination instanceof URL) &&
  /(?<!\.weights)\.(h5|hdf5)$/.test(String(destination))

export function saveWeights(model: StoredModel, destination: Destination | null): Promise<Uint8Array> {
  const where = `${model.where}.saveWeights`
  if (!isLegacyName(destination)) return writeTo(destination, where, () => weightsBytes(model))
  return writeTo(destination, where, async () => {
    const { legacyWeightsFile } = await import('./writeLegacyWeights.ts')
    return joined(await legacyWeightsFile(model))
  })
}

export async function loadWeights(
  model: StoredModel,
  source: Source,
  options: LoadWeightsOptions,
): Promise<void> {
  const address =
    typeof source === 'string' || source instanceof URL ? ` ${describeValue(String(source))}` : ''
  const where = `${model.where}.loadWeights${address}`
  const given = readOptions(where, loadOptions, options)
  await restoreWeights(model, await readSource(source, where), where, given)
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
): Promise<void> {
  const reader = await readerOf(where, bytes)
  const stored = await reader.readWeightsFile(where, bytes)
  const weights = stored.setters(model, where, options)
  // Weights of another model come without the state of its training.
  const isPart = options.skipMismatch || options.byName
  const state = isPart ? [] : stored.optimizerSetters(model, where)
  for (const set of [...weights, ...state]) set()
}

export const modelToJSON = (model: StoredModel): string => kerasJson(configOfLayer(model))
