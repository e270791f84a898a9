// loadModel. The code that reads files, and every layer that a file may name, is imported by its first call, so that a page does
// not load them before it loads a model.

import { checkBoolean, describeValue } from '../errors.ts'
import type { CallableModel } from '../models/model.ts'
import type { Source } from '../models/saving.ts'
import { option, readOptions, type TableFor } from '../util/options.ts'
import { loadEveryLayer } from './everyLayer.ts'
import { readSource } from './source.ts'

export interface LoadOptions {
  /** Whether to take over compile settings and optimizer state, `true` by default. */
  readonly compile?: boolean
}

const table = {
  compile: option(true, checkBoolean),
} as const satisfies TableFor<LoadOptions>

/**
 * Loads a model that Keras 2 or 3 saved, as `.keras` or in the older format `.h5`. Files are recognized by their content.
 *
 * @param source Bytes (`Uint8Array`, `ArrayBuffer`, `Blob`), a URL, a file handle, or in Node a path.
 * @throws {RecurraError} for a damaged file, or a layer that is not known here; the error names the entry or the layer.
 */
export async function loadModel(source: Source, options: LoadOptions = {}): Promise<CallableModel> {
  const where =
    typeof source === 'string' || source instanceof URL
      ? `loadModel ${describeValue(String(source))}`
      : 'loadModel'
  const { compile } = readOptions(where, table, options)
  const [{ readModel }, bytes] = await Promise.all([
    import('./readModel.ts'),
    readSource(source, where),
    loadEveryLayer(),
  ])
  return readModel(bytes, compile, where)
}
