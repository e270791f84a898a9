// The kinds of files that hold models or weights, recognized by their bytes whatever they are called. Each kind is read by a module
// of its own, which is loaded with the first file of the kind.

import type { LoadWeightsOptions } from '../models/saving.ts'
import type { StoredModel } from '../models/storedModel.ts'
import type { JsonObject } from './config/json.ts'
import { isSafetensors, isTfjs, isZip } from './config/signatures.ts'
import { isHdf5 } from './hdf5/signature.ts'
import type { KerasConfig } from './kerasConfig.ts'
import type { Setter } from './setWeights.ts'
import type { OpenedFile } from './source.ts'

/** The weights of a file and the state of its optimizer, in whatever layout: they are checked against a model before one is set. */
export interface StoredWeights {
  /**
   * What sets the weights of a model.
   *
   * @throws {FormatError} if the weights of a layer are missing or have another shape.
   */
  setters(model: StoredModel, where: string, options?: LoadWeightsOptions): Setter[]
  /** What sets the state of the model's optimizer: nothing where the file has none or the model is not compiled. */
  optimizerSetters(model: StoredModel, where: string): Setter[]
}

/** A model as a file has it, in the words of Keras 3 whatever the format. */
export interface ModelFile {
  readonly config: KerasConfig
  /** The arguments of `compile`, serialized; null for a model that was not compiled. */
  readonly compileConfig: JsonObject | null
  readonly weights: StoredWeights
}

/** Reads files beside a file, by paths relative to its folder; `size` is how many bytes they have together, for progress. */
export type Beside = OpenedFile['beside']

/** Reads files of one kind. `where` is the file's name in errors: `loadModel "model.keras"`. */
export interface FileReader {
  /** @throws {FormatError} if the file is damaged, or holds weights alone. */
  readModelFile(where: string, bytes: Uint8Array, beside: Beside): Promise<ModelFile>
  readWeightsFile(where: string, bytes: Uint8Array, beside: Beside): Promise<StoredWeights>
}

interface FileKind {
  matches(bytes: Uint8Array): boolean
  load(): Promise<FileReader>
}

const kinds: readonly FileKind[] = [
  { matches: isZip, load: () => import('./keras/kerasFile.ts') },
  { matches: isHdf5, load: () => import('./keras/hdf5File.ts') },
  { matches: isTfjs, load: () => import('./tfjs/tfjsFile.ts') },
  { matches: isSafetensors, load: () => import('./safetensors/safetensorsWeights.ts') },
]

/**
 * The reader of a file's kind.
 *
 * @throws {FormatError} if the bytes begin as no file that is read here; it says what they are.
 */
export async function readerOf(where: string, bytes: Uint8Array, isOfWeights?: boolean): Promise<FileReader> {
  const kind = kinds.find(({ matches }) => matches(bytes))
  if (kind) return kind.load()
  const { failForeignFile } = await import('./foreignFile.ts')
  return failForeignFile(where, bytes, isOfWeights)
}
