// Reads HDF5 files of Keras: whole models of the older format .h5, and weights alone, in its layout or in that of .weights.h5.
//
//   attributes keras_version, model_config, training_config   the architecture and the compile settings, JSON
//   model_weights, or the root of weights alone                attribute layer_names; a group for each layer
//   optimizer_weights                                          the optimizer's state
//
// keras/src/legacy/saving/legacy_h5_format.py

import { encodeText } from '../../util/text.ts'
import { parseJsonObject } from '../config/json.ts'
import { failKeras1 } from '../foreignFile.ts'
import { failFormat } from '../formatError.ts'
import { readHdf5 } from '../hdf5/reader.ts'
import { isKerasConfig } from '../kerasConfig.ts'
import type { ModelFile, StoredWeights } from '../modelFile.ts'
import { hasLegacyWeights, legacyWeights, textOf } from './legacyWeights.ts'
import { compileConfigOfOlder } from './olderCompile.ts'
import { configOfOlder } from './olderConfig.ts'
import { treeWeights } from './treeWeights.ts'
import { withMarkedOperations } from './unmarkedOperations.ts'
import { weightTreeOf } from './weightTree.ts'

const BUILD_FIRST =
  'Build the model here, and call its loadWeights; or save it whole: model.save("model.keras").'

export async function readModelFile(where: string, bytes: Uint8Array): Promise<ModelFile> {
  const root = await readHdf5(where, bytes)
  const text = textOf(root, 'model_config')
  if (text === null) {
    const isWeights =
      hasLegacyWeights(root) ||
      root.children.has('layers') ||
      root.children.has('_layer_checkpoint_dependencies')
    return failFormat(where, {
      expected: 'a model in an HDF5 file, with an attribute model_config',
      got: isWeights ? 'weights alone' : 'an HDF5 file that Keras did not write',
      remedy: isWeights ? BUILD_FIRST : 'Save the model with Keras 3: model.save("model.keras").',
    })
  }
  const version = textOf(root, 'keras_version') ?? textOf(root.children.get('model_weights'), 'keras_version')
  if (version?.startsWith('1.')) failKeras1(where, version)
  const parsed = (name: string, json: string) =>
    parseJsonObject(`${where}, attribute "${name}"`, encodeText(json))
  const written = parsed('model_config', text)
  const training = textOf(root, 'training_config')
  const settings = training === null ? undefined : parsed('training_config', training)
  const isOlder = !isKeras3(version)
  const config =
    isOlder || !isKerasConfig(written) ? configOfOlder(written, where) : withMarkedOperations(written)
  return {
    config,
    compileConfig: compileConfigOfOlder(settings, config),
    weights: legacyWeights(root, { isWhole: true, isOlder }),
  }
}

export async function readWeightsFile(where: string, bytes: Uint8Array): Promise<StoredWeights> {
  const root = await readHdf5(where, bytes)
  if (!hasLegacyWeights(root)) return treeWeights(await weightTreeOf(where, root))
  return legacyWeights(root, { isWhole: false, isOlder: !isKeras3(textOf(root, 'keras_version')) })
}

const isKeras3 = (version: string | null): boolean => /^([3-9]|\d\d)/.test(version ?? '')
