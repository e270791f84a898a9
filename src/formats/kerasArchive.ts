// The .keras file of Keras 3, a zip archive, read into plain data:
//
//   metadata.json      which Keras wrote it, and when
//   config.json        the architecture and the compile settings
//   model.weights.h5   the weights and the optimizer's state
//
// What the configuration means is for the loader of models; here it is only taken apart and checked for damage.

import { describeValue, fail } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject, parseJsonObject } from './json.ts'
import { isHdf5, readWeightTree, type WeightTree } from './weightTree.ts'
import { isZip, listEntries, readEntry, type ZipEntry } from './zip.ts'

/** A model, layer, optimizer … as Keras's serializer writes it; the other keys differ by kind. */
export interface KerasConfig {
  /** `Sequential`, `Functional`, `LSTM`, `Adam` … */
  class_name: string
  /** The constructor's arguments, in snake_case. */
  config: JsonObject
  [key: string]: Json
}

/** What a `.keras` file holds. */
export interface KerasArchive {
  /** The Keras that wrote the file, like `3.16.0`: some defaults and formulas depend on it. */
  readonly kerasVersion: string
  /** config.json: the model. */
  readonly config: KerasConfig
  /** The arguments of `compile`, serialized; null for a model that was not compiled. */
  readonly compileConfig: JsonObject | null
  /** The weights; the optimizer's state is its child `optimizer`. */
  readonly weights: WeightTree
}

const WHERE = '.keras file'

/**
 * Takes a `.keras` file apart.
 *
 * @param bytes The whole file.
 * @throws RecurraError if this is no `.keras` file, or a damaged one; the error names the entry.
 */
export async function readKerasArchive(bytes: Uint8Array): Promise<KerasArchive> {
  if (!isZip(bytes)) failOtherFile(bytes)
  const entries = listEntries(WHERE, bytes)
  const metadata = parseJsonObject(at('metadata.json'), await read(bytes, entries, 'metadata.json'))
  const config = parseJsonObject(at('config.json'), await read(bytes, entries, 'config.json'))
  if (!isKerasConfig(config)) {
    const got = describeValue(config)
    return fail(at('config.json'), { expected: 'an object with class_name and config', got })
  }
  const { keras_version: version } = metadata
  if (typeof version !== 'string') {
    return fail(at('metadata.json'), { expected: 'a keras_version', got: describeValue(version) })
  }
  const compileConfig = isJsonObject(config.compile_config) ? config.compile_config : {}
  return {
    kerasVersion: version,
    config,
    compileConfig: Object.keys(compileConfig).length > 0 ? compileConfig : null,
    weights: await readWeightTree(at('model.weights.h5'), await read(bytes, entries, 'model.weights.h5')),
  }
}

/** Whether a value of JSON is a serialized Keras object. */
export const isKerasConfig = (value: Json | undefined): value is KerasConfig =>
  isJsonObject(value) && typeof value.class_name === 'string' && isJsonObject(value.config)

const at = (name: string): string => `${WHERE}, entry "${name}"`

async function read(bytes: Uint8Array, entries: Map<string, ZipEntry>, name: string): Promise<Uint8Array> {
  const entry = entries.get(name)
  if (entry !== undefined) return readEntry(at(name), bytes, entry)
  const remedy = 'Save the model with Keras 3: model.save("model.keras").'
  return fail(WHERE, { expected: `an entry "${name}"`, got: describeValue([...entries.keys()]), remedy })
}

/** Says which file of another kind this seems to be. */
function failOtherFile(bytes: Uint8Array): never {
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart()
  const expected = 'a zip archive'
  if (isHdf5(bytes)) {
    const remedy = 'That format is not supported yet: load the file in Keras 3 and save it as .keras.'
    return fail(WHERE, { expected, got: 'an HDF5 file, perhaps of the older .h5 format', remedy })
  }
  if (text.startsWith('{')) {
    const remedy = 'That format is not supported yet: save the model from Keras 3 as .keras.'
    return fail(WHERE, { expected, got: 'JSON, perhaps the model.json of TensorFlow.js', remedy })
  }
  if (text.startsWith('<')) {
    return fail(WHERE, { expected, got: 'a page of HTML', remedy: 'Check the address of the file.' })
  }
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const got = bytes.length > 0 ? `${bytes.length} bytes beginning ${first}` : 'an empty file'
  return fail(WHERE, { expected, got, remedy: 'Save the model with Keras 3: model.save("model.keras").' })
}
