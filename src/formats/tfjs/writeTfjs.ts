// Writes a model as TensorFlow.js does: model.json, and files of at most 4 MB with the weights.

import type { Layer, WeightGroup } from '../../layers/layer.ts'
import { isWeight, type Variable } from '../../layers/weights/variable.ts'
import { pullValues } from '../../layers/weights/variableValues.ts'
import { LayersModel } from '../../models/model.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { f16Bits } from '../../util/f16.ts'
import { inOrder } from '../../util/filePieces.ts'
import { encodeText } from '../../util/text.ts'
import { withoutImpliedMasks } from '../config/impliedMasks.ts'
import type { Json, JsonObject } from '../config/json.ts'
import type { WrittenFile } from '../destination.ts'
import { failFormat } from '../formatError.ts'
import { configOfLayer } from '../layerConfigWriter.ts'
import { groupsWithin } from '../modelWeights.ts'
import { bareName, tfjsConfig } from './tfjsConfig.ts'
import type { Quantization } from './tfjsWeights.ts'

const SHARD_BYTES = 4 * 2 ** 20

/** What a file says of its writer. */
const WRITER = 'Recurra'

/**
 * The files of a model in TensorFlow.js's format, model.json first.
 *
 * @param name The name of model.json.
 * @throws {FormatError} if TensorFlow.js lacks a layer or an option of the model; the error names it.
 */
export async function tfjsFiles(
  model: StoredModel,
  name: string,
  quantization: Quantization | null,
  where: string,
): Promise<readonly [WrittenFile, ...WrittenFile[]]> {
  const ending = layersIn(model).find(endsMask)
  if (ending) {
    failFormat(`${where}, ${ending.where}`, {
      expected: 'a layer that hands its mask on, as TensorFlow.js does',
      got: 'one in which it ends',
      remedy: 'Save the model as .keras.',
    })
  }
  const masked = model.parts.find((layer) => modelIn(layer) && getsMask(layer))
  if (masked) {
    failFormat(`${where}, ${masked.where}`, {
      expected:
        'a model inside whose input has no mask, since TensorFlow.js has masks go another way through it',
      got: 'a masked one',
      remedy: 'Save the model as .keras.',
    })
  }
  const topology = tfjsConfig(withoutImpliedMasks(configOfLayer(model)), where)
  const named = namedWeights(model)
  checkNames(named, where)
  await pullValues(named.map(({ variable }) => variable))
  const written = named.map(({ name, variable }) => writtenWeight(name, variable, quantization))
  const parts = shardsOf(written.map(({ bytes }) => bytes))
  const shards = parts.map((arrays, i) => ({
    name: `group1-shard${i + 1}of${parts.length}.bin`,
    file: inOrder(arrays),
  }))
  const json = {
    format: 'layers-model',
    generatedBy: WRITER,
    convertedBy: null,
    modelTopology: { ...topology, keras_version: `tfjs-layers 4.22.0`, backend: 'tensor_flow.js' },
    weightsManifest: [{ paths: shards.map(({ name }) => name), weights: written.map(({ entry }) => entry) }],
  }
  return [{ name, file: inOrder([encodeText(JSON.stringify(json))]) }, ...shards]
}

/** Arrays that follow each other, cut where a file of them ends. */
function shardsOf(arrays: readonly Uint8Array[]): Uint8Array[][] {
  let last: Uint8Array[] = []
  const shards = [last]
  let left = SHARD_BYTES
  for (const bytes of arrays)
    for (let at = 0; at < bytes.length; ) {
      if (left === 0) {
        last = []
        shards.push(last)
        left = SHARD_BYTES
      }
      const part = bytes.subarray(at, at + left)
      last.push(part)
      at += part.length
      left -= part.length
    }
  return shards
}

interface NamedWeight {
  readonly name: string
  readonly variable: Variable
}

/** Names of weights that are others there. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DepthwiseConv2D: { kernel: 'depthwise_kernel' },
}

/** The weights of a model by TensorFlow.js's names: the layer's name and the weight's, without the names of cells and of models. */
function namedWeights(model: StoredModel): NamedWeight[] {
  const seen = new Set<Variable>()
  return layersIn(model).flatMap((layer) =>
    scopesOf(layer).flatMap(({ scope, group }) =>
      weightsIn(group).flatMap((variable) => {
        if (seen.has(variable)) return []
        seen.add(variable)
        const own = variable.path.split('/').at(-1) ?? ''
        return [{ name: `${scope}/${RENAMED[layer.className]?.[own] ?? own}`, variable }]
      }),
    ),
  )
}

/** TensorFlow.js finds weights by the names of layers alone, also of those in models inside. */
function checkNames(named: readonly NamedWeight[], where: string): void {
  const seen = new Set<string>()
  for (const { name, variable } of named) {
    if (seen.has(name))
      failFormat(`${where}, weight "${variable.path}"`, {
        expected: 'weights of different names in TensorFlow.js, which are those of their layers',
        got: `a second "${name}"`,
        remedy: 'Give one of the two layers another name, or save the model as .keras.',
      })
    seen.add(name)
  }
}

/** The layers of a model, also of the models in it, which a TimeDistributed may hold. */
const layersIn = (model: StoredModel): Layer[] =>
  model.parts.flatMap((layer) => {
    const inner = modelIn(layer)
    return inner ? layersIn(inner) : [layer]
  })

/** The model that a layer is, or that a TimeDistributed holds. */
function modelIn(layer: Layer): LayersModel | null {
  const [inner] = layer.className === 'TimeDistributed' ? layer.parts : [layer]
  return inner instanceof LayersModel ? inner : null
}

/** Whether a mask comes along to a layer. */
const getsMask = (layer: Layer): boolean =>
  layer.nodes.some(({ inputs }) => inputs.some(({ maskAxes = 0 }) => maskAxes > 0))

/** Whether a mask comes along to a layer, and ends there although its output has time steps. */
const endsMask = (layer: Layer): boolean =>
  layer.losesMask &&
  layer.nodes.some(
    ({ inputs, masks }) => masks.length === 0 && inputs.some(({ maskAxes = 0 }) => maskAxes > 0),
  )

/** The weights of a group and of those in it. */
const weightsIn = (group: WeightGroup): Variable[] =>
  [...groupsWithin(group).keys()].flatMap(({ variables }) => variables.filter(isWeight))

interface Scope {
  readonly scope: string
  readonly group: WeightGroup
}

/** The scopes in which a layer's weights are named there. */
function scopesOf(layer: Layer): Scope[] {
  const { name, className, parts } = layer
  if (className === 'Bidirectional')
    return parts.map((part, i) => ({
      scope: `${name}/${i === 0 ? 'forward' : 'backward'}_${bareName(parts[0]?.name ?? '')}`,
      group: part,
    }))
  const cells = className === 'RNN' && parts[0]?.className === 'StackedRNNCells' ? parts[0].parts : []
  if (cells.length > 0) return cells.map((cell, i) => ({ scope: `${name}/RNNCell_${i}`, group: cell }))
  return [{ scope: name, group: layer }]
}

function writtenWeight(
  name: string,
  { shape, value }: Variable,
  quantization: Quantization | null,
): { entry: Json; bytes: Uint8Array } {
  const entry: JsonObject = { name, shape: [...shape], dtype: 'float32' }
  if (quantization === null) return { entry, bytes: bytesOf(value) }
  if (quantization === 'float16') {
    const bits = new Uint32Array(value.buffer, value.byteOffset, value.length)
    return {
      entry: { ...entry, quantization: { dtype: 'float16' } },
      bytes: bytesOf(Uint16Array.from(bits, f16Bits)),
    }
  }
  const min = value.reduce((least, number) => Math.min(least, number), value[0] ?? 0)
  const max = value.reduce((most, number) => Math.max(most, number), value[0] ?? 0)
  const steps = quantization === 'uint8' ? 255 : 65535
  const scale = (max - min) / steps || 1
  const integers = quantization === 'uint8' ? new Uint8Array(value.length) : new Uint16Array(value.length)
  for (let i = 0; i < integers.length; i++) integers[i] = Math.round(((value[i] ?? 0) - min) / scale)
  return {
    entry: { ...entry, quantization: { dtype: quantization, scale, min, original_dtype: 'float32' } },
    bytes: bytesOf(integers),
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
