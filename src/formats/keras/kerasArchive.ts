// The .keras file of Keras 3, a zip archive, read into plain data:
//
//   metadata.json      which Keras wrote it, and when
//   config.json        the architecture and the compile settings
//   model.weights.h5   the weights and the optimizer's state
//   assets/…           texts beside them, such as vocabularies
//
// This file only splits the archive and checks it for damage; readModel.ts interprets the configuration.

import { describeValue } from '../../errors.ts'
import { isJsonObject, type JsonObject, parseJsonObject } from '../config/json.ts'
import { isZip } from '../config/signatures.ts'
import { failFormat } from '../formatError.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { listEntries, readEntry } from '../zip.ts'
import { readWeightTree, type WeightTree } from './weightTree.ts'

/** The content of a `.keras` file. */
export interface KerasArchive {
  /** The Keras that wrote the file, like `3.16.0`: some defaults and formulas depend on it. */
  readonly kerasVersion: string
  /** config.json: the model. */
  readonly config: KerasConfig
  /** The arguments of `compile`, serialized; null for a model that was not compiled. */
  readonly compileConfig: JsonObject | null
  /** The weights; the optimizer's state is its child `optimizer`. */
  readonly weights: WeightTree
  /** The texts below `assets`, by their paths there. */
  readonly assets: ReadonlyMap<string, string>
}

const foreignFile = () => import('../foreignFile.ts')

/**
 * Splits a `.keras` file into its parts.
 *
 * @param where The file's name in errors: `loadModel "model.keras"`.
 * @param bytes The whole file.
 * @throws {FormatError} if this is no `.keras` file of Keras 3, or a damaged one; the error names the entry.
 */
export async function readKerasArchive(where: string, bytes: Uint8Array): Promise<KerasArchive> {
  if (!isZip(bytes)) (await foreignFile()).failForeignFile(where, bytes)
  const entries = listEntries(where, bytes)
  const at = (name: string): string => `${where}, entry "${name}"`
  const read = async (name: string): Promise<Uint8Array> => {
    const entry = entries.get(name)
    if (entry) return readEntry(at(name), bytes, entry)
    return (await foreignFile()).failForeignArchive(where, [...entries.keys()], name)
  }
  const { keras_version: version } = parseJsonObject(at('metadata.json'), await read('metadata.json'))
  if (typeof version !== 'string') {
    return failFormat(at('metadata.json'), { expected: 'a keras_version', got: describeValue(version) })
  }
  const config = parseJsonObject(at('config.json'), await read('config.json'))
  if (!isKerasConfig(config)) {
    const got = describeValue(config)
    return failFormat(at('config.json'), { expected: 'an object with class_name and config', got })
  }
  const paths = [...entries.keys()].filter((name) => /^assets\/.*\.txt$/.test(name))
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(7), new TextDecoder().decode(await read(path))] as const),
  )
  const compileConfig = isJsonObject(config.compile_config) ? config.compile_config : {}
  return {
    kerasVersion: version,
    config,
    compileConfig: Object.keys(compileConfig).length > 0 ? compileConfig : null,
    weights: await readWeightTree(at('model.weights.h5'), await read('model.weights.h5')),
    assets: new Map(texts),
  }
}
