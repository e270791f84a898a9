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
  config: { layers: LayerJson[]; dtype: unknown }
  compile_config: Record<string, unknown>
}

/** The file of a golden case, with its configuration changed. */
export function changedFile(change: (model: ModelJson) => void, name = 'vanilla'): Uint8Array {
  const files = unzipSync(goldenCase(name).modelBytes)
  const model = JSON.parse(strFromU8(files['config.json'] ?? new Uint8Array())) as ModelJson
  change(model)
  return zipSync({ ...files, 'config.json': strToU8(JSON.stringify(model)) }, { level: 0 })
}

/** The LSTM of the case "vanilla". */
export const lstmOf = ({ config }: ModelJson): LayerJson => config.layers[1] as LayerJson
