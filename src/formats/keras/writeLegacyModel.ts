// Writes a whole model in Keras's older HDF5 format, model.save('model.h5'), which Keras 3 opens. hdf5File.ts reads it.
//
//   attributes keras_version, backend, model_config, training_config   the architecture and the compile settings, JSON
//   model_weights                                                      a group for each layer, by its name
//   optimizer_weights                                                  the optimizer's state
//
// keras/src/legacy/saving/legacy_h5_format.py

import { describeValue } from '../../errors.ts'
import { pullValues } from '../../layers/weights/variableValues.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { compileConfigOf } from '../config/compileConfig.ts'
import type { JsonObject } from '../config/json.ts'
import type { WrittenGroup } from '../hdf5/tree.ts'
import { writeHdf5 } from '../hdf5/writer.ts'
import { KERAS_VERSION } from '../writeModel.ts'
import { optimizerVariables, vocabulariesOf } from '../writeWeights.ts'
import { kerasConfigOf } from './kerasActivations.ts'
import { kerasJson } from './kerasJson.ts'
import { legacyCompile, legacyConfig, refuse } from './legacyConfig.ts'
import { groupOfPaths, legacyWeightsGroup } from './writeLegacyWeights.ts'

/**
 * The pieces of a model's file, in order, with the newest values.
 *
 * @param compile Whether compile settings and optimizer state are written.
 * @throws {FormatError} if the model has what Keras 3 could not read again from such a file.
 */
export async function legacyModelFile(
  model: StoredModel,
  compile: boolean,
  where: string,
): Promise<Uint8Array[]> {
  const config = writableConfig(model, where)
  await pullValues([...model.graph.variables, ...((compile && model.optimizer?.variables) || [])])
  return writeHdf5(treeOf(model, config, compile, where))
}

/** Throws as {@link legacyModelFile} does, and writes nothing. */
export function checkLegacyModel(model: StoredModel, compile: boolean, where: string): void {
  treeOf(model, writableConfig(model, where), compile, where)
}

function writableConfig(model: StoredModel, where: string): JsonObject {
  const config = legacyConfig(kerasConfigOf(model), where)
  const [learned] = vocabulariesOf(model)
  if (learned)
    refuse(
      where,
      'vocabularies that are given, for a whole model as .h5',
      `one that was learned, ${describeValue(learned[0])}`,
    )
  return config
}

/** What the file holds, with the values that the host has: nothing is copied. */
function treeOf(model: StoredModel, config: JsonObject, compile: boolean, where: string): WrittenGroup {
  const compileConfig = compile ? compileConfigOf(model, where) : null
  const optimizer = compileConfig && model.optimizer
  const state = optimizer && groupOfPaths(optimizerVariables(optimizer), `${where}, optimizer`)
  return {
    attributes: {
      keras_version: KERAS_VERSION,
      backend: 'tensorflow',
      model_config: kerasJson(config),
      ...(compileConfig && { training_config: kerasJson(legacyCompile(compileConfig, where)) }),
    },
    children: new Map<string, WrittenGroup>([
      ['model_weights', legacyWeightsGroup(model, where)],
      ...(state ? [['optimizer_weights', state] as const] : []),
    ]),
  }
}
