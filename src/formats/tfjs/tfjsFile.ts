// Reads models of TensorFlow.js: a model.json with the architecture and a manifest of weights, and beside it binary files with these.
//
//   { "format": "layers-model", "modelTopology": { … }, "trainingConfig": { … },
//     "weightsManifest": [{ "paths": ["group1-shard1of2.bin", …], "weights": [{ "name", "shape", "dtype", "quantization" }] }] }
//
// The files of a group follow each other, and its weights lie in them one after the other.

import { describeValue } from '../../errors.ts'
import { encodeText } from '../../util/text.ts'
import { isJsonObject, type Json, type JsonObject, parseJsonObject } from '../config/json.ts'
import { failFormat } from '../formatError.ts'
import { compileConfigOfOlder } from '../keras/olderCompile.ts'
import { configOfOlder } from '../keras/olderConfig.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import type { Beside, ModelFile, StoredWeights } from '../modelFile.ts'
import { namedWeights } from '../namedWeights.ts'
import type { StoredArray } from '../storedArray.ts'
import { groupsOf, type WeightGroupFiles, weightsOfGroup } from './tfjsWeights.ts'

export async function readModelFile(where: string, bytes: Uint8Array, beside: Beside): Promise<ModelFile> {
  const json = parseJsonObject(where, bytes)
  const topology = topologyOf(json, where)
  const { model_config: inner = null, training_config: training = null } = topology
  const config = modelOf(inner ?? topology, topology.keras_version ?? null, where)
  const weights = await weightsOf(json, where, beside)
  return { config, compileConfig: compileConfigOfOlder(json.trainingConfig ?? training, config), weights }
}

export async function readWeightsFile(
  where: string,
  bytes: Uint8Array,
  beside: Beside,
): Promise<StoredWeights> {
  const json = parseJsonObject(where, bytes)
  return weightsOf(json, where, beside)
}

const LAYERS = 'tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model model.h5 folder'

function topologyOf(
  { format = null, modelTopology: topology = null }: JsonObject,
  where: string,
): JsonObject {
  const isGraph = format === 'graph-model' || (isJsonObject(topology) && 'node' in topology)
  if (isGraph || (format !== null && format !== 'layers-model')) {
    return failFormat(where, {
      expected: 'a layers-model of TensorFlow.js',
      got: isGraph ? 'a graph-model, which holds operations and no layers' : describeValue(format),
      remedy: `Convert the model of Keras anew, with its layers (${LAYERS}), or save it as model.keras.`,
    })
  }
  if (!isJsonObject(topology))
    return failFormat(`${where}, modelTopology`, {
      expected: 'a model',
      got: topology === null ? 'weights alone' : describeValue(topology),
      remedy: 'Build the model here, and call its loadWeights.',
    })
  return topology
}

/** The model's config, which old files have as a text. */
function modelOf(given: Json, version: Json, where: string): KerasConfig {
  const at = `${where}, modelTopology`
  const model = typeof given === 'string' ? parseJsonObject(at, encodeText(given)) : given
  const isKeras3 = typeof version === 'string' && /^[3-9]\./.test(version)
  if (!isKerasConfig(model)) return configOfOlder(model, at)
  const config = withBatchShape(model)
  return isKeras3 && !hasOlderCalls(config) ? config : configOfOlder(config, at)
}

const layersOf = ({ config: { layers } }: KerasConfig): readonly Json[] =>
  Array.isArray(layers) ? layers : []

/**
 * A model whose inputs say their shapes in Keras 3's word. TensorFlow.js does not know that, so that files of Keras 3 are changed by hand
 * until it reads them: it takes options in camelCase, too.
 */
function withBatchShape(given: KerasConfig): KerasConfig {
  const { batchInputShape, batch_input_shape: batchShape = batchInputShape, ...config } = given.config
  if (given.class_name === 'InputLayer')
    return batchShape === undefined ? given : { ...given, config: { ...config, batch_shape: batchShape } }
  const layers = layersOf(given)
  if (layers.length === 0) return given
  const written = layers.map((layer) => (isKerasConfig(layer) ? withBatchShape(layer) : layer))
  return { ...given, config: { ...given.config, layers: written } }
}

/** Whether calls of layers are lists, as before Keras 3 and in files of it that were changed for TensorFlow.js. */
const hasOlderCalls = (model: KerasConfig): boolean =>
  layersOf(model).some(
    (layer) =>
      isKerasConfig(layer) &&
      ((Array.isArray(layer.inbound_nodes) && layer.inbound_nodes.some(Array.isArray)) ||
        hasOlderCalls(layer)),
  )

async function weightsOf(
  { weightsManifest: manifest = null }: JsonObject,
  where: string,
  beside: Beside,
): Promise<StoredWeights> {
  const groups = groupsOf(manifest, `${where}, weightsManifest`)
  const paths = groups.flatMap(({ paths }) => paths)
  const files = await beside(
    paths,
    groups.reduce((sum, { size }) => sum + size, 0),
  )
  const weights = new Map<string, StoredArray>()
  let at = 0
  for (const group of groups) {
    const own = files.slice(at, at + group.paths.length)
    at += own.length
    addGroup(weights, group, own, where)
  }
  return namedWeights(weights)
}

function addGroup(
  weights: Map<string, StoredArray>,
  group: WeightGroupFiles,
  files: readonly Uint8Array[],
  where: string,
): void {
  for (const [name, weight] of weightsOfGroup(group, files, where)) {
    if (weights.has(name))
      failFormat(where, { expected: 'weights of different names', got: `two of "${name}"` })
    weights.set(name, weight)
  }
}
