// What Keras's files keep beside the config of a layer: the shapes of inputs for which its `build` made it.

import type { Layer } from '../../layers/layer.ts'
import { oneOrAll, partsOf, SymbolicTensor } from '../../layers/symbolicTensor.ts'
import type { NestsStates } from '../../models/graphConfig.ts'
import { isFunctional } from '../../models/isFunctional.ts'
import { LayersModel } from '../../models/model.ts'
import { NAMED_MASKS } from '../../models/namedMasks.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import type { Json, JsonObject } from './json.ts'

/** Layers that Keras has built once they are made, so that it keeps no shapes of them; operations are among these. */
const BUILT_AT_ONCE =
  /^(Activation|ActivityRegularization|ELU|GaussianNoise|Identity|InputLayer|LeakyReLU|Masking|ReLU|Reshape|Softmax|UnitNormalization|\w*(Dropout(\dD)?|Pooling\dD))$/

/** The options that hold layers inside a layer, in the order of its parts. */
const INNER = ['layers', 'layer', 'backward_layer', 'cell', 'cells']

/** Adds their `build_config` to the config of a layer and to those inside it. */
export function addBuildConfig(written: KerasConfig, layer: Layer): void {
  const shapes = shapesOf(layer)
  if (shapes) written.build_config = shapes
  const inner = INNER.flatMap((option) => written.config[option] ?? []).filter(isKerasConfig)
  // The input of a Sequential is no part of it.
  const first = inner.length - layer.parts.length
  inner.slice(Math.max(0, first)).forEach((entry, i) => {
    const part = layer.parts[i]
    if (part) addBuildConfig(entry, part)
  })
}

function shapesOf(layer: Layer): JsonObject | null {
  const { publicName, module, nodes, builtShapes } = layer
  if (publicName === 'Functional' || isFunctional(layer)) return { input_shape: null }
  if (layer instanceof LayersModel && layer.buildShape) return { input_shape: layer.buildShape as Json }
  if (BUILT_AT_ONCE.test(publicName) || module.startsWith('keras.src.ops')) return null
  if (layer instanceof LayersModel && layer.builtWeights === null) return null
  // A Sequential is built with its layers.
  const shapes = layer instanceof LayersModel ? layer.inputs.map(({ shape }) => shape) : builtShapes
  if (shapes.length === 0) return null
  const [node] = nodes
  const written = shapes.map((shape): Json => [...shape])
  if (layer.inputCount === NAMED_MASKS.length)
    return { shapes_dict: named(['query_shape', 'value_shape', 'key_shape'], written) }
  if (node && node.states > 0) {
    const given = nestedStates(layer, partsOf(node, node.inputs).states)
    return { shapes_dict: named(['sequences_shape', 'initial_state_shape'], [written[0] ?? null, given]) }
  }
  // A cell is built for its input, whatever its states are.
  const isCell = 'nested' in layer && !layer.takesStates
  return { input_shape: (isCell ? written[0] : (oneOrAll(written) as Json)) ?? null }
}

const named = (names: readonly string[], shapes: readonly Json[]): JsonObject =>
  Object.fromEntries(shapes.map((shape, i) => [names[i] ?? '', shape]))

/** The shapes of initial states, nested as the cells are. */
function nestedStates(layer: Layer, states: readonly SymbolicTensor[]): Json {
  const shapeOf = (value: unknown): Json =>
    value instanceof SymbolicTensor ? [...value.shape] : (value as unknown[]).map(shapeOf)
  const nested = 'nested' in layer ? (layer as Layer & NestsStates).nested(states) : states
  return shapeOf(oneOrAll(nested))
}
