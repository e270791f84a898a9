// Makes a model of a file of any format, with weights, compile settings and optimizer state.

import { callable } from '../layers/callable.ts'
import type { CallableModel } from '../models/model.ts'
import { loadLayersOf } from './config/layersByName.ts'
import { modelFromConfig } from './config/modelConfig.ts'
import { operationReader } from './config/operationReader.ts'
import { compileOptionsFrom } from './config/readCompile.ts'
import { inFile } from './formatError.ts'
import { readerOf } from './modelFile.ts'
import type { OpenedFile } from './source.ts'

/**
 * Makes the model that a file describes.
 *
 * @param compile Whether to take over compile settings and optimizer state.
 * @param where The call's name in errors: `loadModel "model.keras"`.
 */
export async function readModel(
  { bytes, beside }: OpenedFile,
  compile: boolean,
  where: string,
): Promise<CallableModel> {
  const reader = await readerOf(where, bytes)
  const { config: written, compileConfig, weights } = await reader.readModelFile(where, bytes, beside)
  const config = await loadLayersOf(written, where)
  const operations = await operationReader(config)
  return inFile(where, async () => {
    const model = modelFromConfig(config, where, operations)
    for (const set of weights.setters(model, where)) set()
    const compiles = async (): Promise<boolean> => {
      const settings = await compileOptionsFrom(compileConfig, model, where)
      if (settings) model.compile(settings)
      return settings !== null
    }
    if (compile && (await inFile(where, compiles, 'Or load with { compile: false }, and compile anew.'))) {
      await model.loadCode()
      for (const set of weights.optimizerSetters(model, where)) set()
    }
    return callable(model)
  })
}
