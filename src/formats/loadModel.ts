// loadModel. What makes a model of a file comes with it, so that it and what all models need are one part of a page, not a hundred parts
// that a bundler makes of modules which some calls share and others do not. What reads the bytes of a kind of file (modelFile.ts) is
// loaded for the first file of that kind, and layers, optimizers and losses as files name them.

import { checkBoolean } from '../errors.ts'
import type { CallableModel } from '../models/model.ts'
import type { ReadOptions, Source } from '../models/saving.ts'
import { option, readOptions, type TableFor } from '../util/options.ts'
import { readModel } from './readModel.ts'
import { type ConfigOptions, configOptionTable, readOptionTable } from './readOptions.ts'
import { describeSource, openSource } from './source.ts'

export interface LoadOptions extends ReadOptions, ConfigOptions {
  /** Whether to take over compile settings and optimizer state, `true` by default. */
  readonly compile?: boolean
}

const table = {
  compile: option(true, checkBoolean),
  ...configOptionTable,
  ...readOptionTable,
} as const satisfies TableFor<LoadOptions>

/**
 * Loads a model that Keras 2 or 3 saved, as `.keras` or in the older format `.h5`, or that TensorFlow.js did: `model.json` with the files
 * beside it. Files are recognized by their content.
 *
 * @param source Bytes (`Uint8Array`, `ArrayBuffer`, `Blob`), the files of an input, a response, a URL, the handle of a file or of a
 * folder, `'indexeddb://name'`, `'opfs://name'`, or in Node a path.
 * @throws {RecurraError} for a damaged file, or a layer that is not known here; the error names the entry or the layer.
 */
export async function loadModel(source: Source, options: LoadOptions = {}): Promise<CallableModel> {
  const where = describeSource('loadModel', source)
  const { compile, customObjects, ...reading } = readOptions(where, table, options)
  if (customObjects) (await import('./config/customObjects.ts')).registerObjects(where, customObjects)
  return readModel(await openSource(source, where, reading), compile, where)
}
