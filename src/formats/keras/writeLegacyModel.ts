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
  const config = legacyConfig(kerasConfigOf(model), where)
  const [learned] = vocabulariesOf(model)
  if (learned)
    refuse(
      where,
      'vocabularies that are given, for a whole model as .h5',
      `one that was learned, ${describeValue(learned[0])}`,
    )
  const compileConfig = compile ? compileConfigOf(model, where) : null
  const optimizer = compileConfig && model.optimizer
  await pullValues(optimizer?.variables ?? [])
  const state = optimizer && groupOfPaths(optimizerVariables(optimizer), `${where}, optimizer`)
  return writeHdf5({
    attributes: {
      keras_version: KERAS_VERSION,
      backend: 'tensorflow',
      model_config: kerasJson(config),
      ...(compileConfig && { training_config: kerasJson(legacyCompile(compileConfig)) }),
    },
    children: new Map<string, WrittenGroup>([
      ['model_weights', await legacyWeightsGroup(model, where)],
      ...(state ? [['optimizer_weights', state] as const] : []),
    ]),
  })
}
