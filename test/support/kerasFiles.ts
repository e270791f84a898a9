// Golden .keras files with something changed in them.

import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { goldenCase } from './golden.ts'

/** A layer as config.json holds it. */
export interface LayerJson {
  class_name: string
  config: Record<string, unknown>
}

/** config.json. */
export interface ModelJson {
  class_name: string
  config: { layers: LayerJson[]; dtype: unknown; build_input_shape?: unknown }
  compile_config: Record<string, unknown>
}

/** The file of a golden case, with its configuration changed. */
export function changedFile(change: (model: ModelJson) => void, name = 'vanilla'): Uint8Array {
  const files = entriesOf(goldenCase(name).modelBytes)
  const model = JSON.parse(strFromU8(files['config.json'] ?? new Uint8Array())) as ModelJson
  change(model)
  return withEntry('config.json', strToU8(JSON.stringify(model)), name)
}

/** The archive's entries by name. */
export const entriesOf = (file: Uint8Array): Record<string, Uint8Array> => unzipSync(file)

/** The file of a golden case with one entry replaced. */
export const withEntry = (entry: string, content: Uint8Array, name = 'vanilla'): Uint8Array =>
  zipSync({ ...entriesOf(goldenCase(name).modelBytes), [entry]: content }, { level: 0 })

/** An archive of these entries. */
export const zipped = (entries: Record<string, Uint8Array>): Uint8Array => zipSync(entries, { level: 0 })

/** The LSTM of the case "vanilla". */
export const lstmOf = ({ config }: ModelJson): LayerJson => config.layers[1] as LayerJson
