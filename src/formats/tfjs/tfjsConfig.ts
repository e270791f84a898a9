// Configs in the words of TensorFlow.js, which are those of Keras 2. What TensorFlow.js does not have is refused by name, so that a
// file that is written is one that it loads, with the same predictions.

import { describeValue } from '../../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../config/json.ts'
import { historyOf, isKerasTensor } from '../config/kerasTensor.ts'
import { endsOf, functionalIn, isFunctionalConfig } from '../config/modelEnds.ts'
import { isOperation } from '../config/operationReader.ts'
import { failFormat } from '../formatError.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Layers of tfjs-layers 4.22. */
const LAYERS = words(
  'Activation Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional ' +
    'Concatenate Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM2D Cropping2D Dense DepthwiseConv2D Dot Dropout ELU ' +
    'Embedding Flatten Functional GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D ' +
    'GlobalMaxPooling1D GlobalMaxPooling2D InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D ' +
    'MaxPooling3D Maximum Minimum Multiply PReLU Permute RNN ReLU RepeatVector Rescaling Reshape SeparableConv2D Sequential ' +
    'SimpleRNN SimpleRNNCell Softmax SpatialDropout1D StackedRNNCells TimeDistributed UpSampling2D ZeroPadding2D',
)

/** Operations that are the layer of their name where all that they are called on is tensors of one shape, beside an axis. */
const LIKE_LAYERS = words('Add Maximum Minimum Multiply Softmax')
/** Those whose tensors may differ along that axis. */
const JOINING = words('Concatenate')

/** Activations there, by their names here. Its hard_sigmoid is that of Keras 2. */
const ACTIVATIONS: ReadonlyMap<Json, string> = new Map([
  ...[
    ...words('elu gelu linear log_softmax mish relu relu6 selu sigmoid softmax softplus softsign swish tanh'),
  ].map((name) => [name, name] as const),
  ['keras2_hard_sigmoid', 'hard_sigmoid'],
  ['silu', 'swish'],
])

/** Options for which TensorFlow.js has one value, what that is, and how to have it. */
const ONLY: Readonly<Record<string, { readonly value: Json; readonly remedy?: string }>> = {
  groups: { value: 1 },
  keepdims: { value: false },
  rms_scaling: { value: false },
  reset_after: { value: false, remedy: 'Write GRU(units, { resetAfter: false }) before training.' },
}

/** Options that TensorFlow.js does not know and on which no prediction depends. */
const DROPPED = words('autocast build_input_shape dtype seed synchronized zero_output_for_mask')

const RENAMED_OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  InputLayer: { batch_shape: 'batch_input_shape' },
  LeakyReLU: { negative_slope: 'alpha' },
}

const INITIALIZERS: Readonly<Record<string, string>> = {
  LecunNormal: 'LeCunNormal',
  LecunUniform: 'LeCunUniform',
  OrthogonalInitializer: 'Orthogonal',
}

const INSTEAD = 'Save the model as .keras.'

/** A layer's or a model's config, from that of Keras 3. */
export function tfjsConfig(given: KerasConfig, where: string): KerasConfig {
  const { config } = given
  // Of a class that says its steps alone, what the model computes is a graph like others.
  const className = isFunctionalConfig(given) ? 'Functional' : given.class_name
  const at = `${where}, ${className} ${describeValue(config.name)}`
  const isLayer = !isOperation(given) || isLikeLayer(given)
  if (!LAYERS.has(className) || !isLayer) {
    return failFormat(at, { expected: 'layers that TensorFlow.js has', got: className, remedy: INSTEAD })
  }
  const options = Object.entries(config).flatMap(([key, value]) => {
    if (DROPPED.has(key) && !(key === 'dtype' && className === 'InputLayer')) return []
    const only = ONLY[key]
    if (only && value !== only.value && value !== null) {
      const expected = `${key}: ${only.value}, which is what TensorFlow.js has`
      return failFormat(at, { expected, got: describeValue(value), remedy: only.remedy ?? INSTEAD })
    }
    if (key === 'padding' && value === 'causal') {
      return failFormat(at, {
        expected: 'padding that TensorFlow.js computes',
        got: '"causal"',
        remedy: INSTEAD,
      })
    }
    const name = RENAMED_OPTIONS[className]?.[key] ?? key
    return only ? [] : [[name, optionOf(key, value, at)] as const]
  })
  const written: JsonObject = Object.fromEntries(options)
  if (className === 'GRU' || className === 'GRUCell') written.reset_after = false
  if (className === 'InputLayer') written.dtype = inputDtypeOf(written.dtype)
  if (className === 'Bidirectional') {
    written.layer = bothWays(written, at)
    delete written.backward_layer
  }
  if (className === 'Sequential') written.layers = withoutInput(written.layers as Json[])
  if (className !== 'Functional') return { class_name: className, config: written }
  return { class_name: 'Model', config: graphOf(config, written, where) }
}

/** The type of TensorFlow.js in which an input's data lie. */
const inputDtypeOf = (dtype: Json | undefined): string =>
  /^u?int/.test(String(dtype)) ? 'int32' : dtype === 'bool' || dtype === 'string' ? dtype : 'float32'

/** Whether an operation is called as a layer is. Layers broadcast in another way, and know no numbers beside their inputs. */
function isLikeLayer({ class_name: name, inbound_nodes: nodes }: KerasConfig): boolean {
  const calls = Array.isArray(nodes) ? nodes : []
  return calls.every((node) => {
    const { args = [] } = isJsonObject(node) ? node : {}
    const values = Array.isArray(args) ? args.flat(1) : [args]
    const shapes = values.map((value) => isKerasTensor(value) && JSON.stringify(value.config.shape))
    if (JOINING.has(name)) return shapes.every((shape) => shape !== false)
    return LIKE_LAYERS.has(name) && shapes.every((shape) => shape !== false && shape === shapes[0])
  })
}

/** The layer of a Bidirectional, of which TensorFlow.js makes both directions, and their names. */
function bothWays({ layer = null, backward_layer: backward = null }: JsonObject, where: string): Json {
  if (!isKerasConfig(layer)) return layer
  const { name, ...forwards } = layer.config
  if (isKerasConfig(backward)) {
    const { name: _, ...options } = backward.config
    const mirrored = { ...forwards, go_backwards: forwards.go_backwards !== true }
    const isOther = ([key, value]: readonly [string, Json]): boolean =>
      JSON.stringify(value) !== JSON.stringify((mirrored as JsonObject)[key])
    const other =
      backward.class_name === layer.class_name ? Object.entries(options).find(isOther)?.[0] : 'class'
    if (other !== undefined)
      failFormat(where, {
        expected: 'a backward layer that TensorFlow.js makes of the forward one',
        got: `one of another ${other}`,
        remedy: INSTEAD,
      })
  }
  return { ...layer, config: { name: bareName(name ?? null), ...forwards } }
}

/** The name of a layer before it became a direction of a Bidirectional. */
export const bareName = (name: Json): string => String(name).replace(/^forward_/, '')

function optionOf(key: string, value: Json, where: string): Json {
  if (key === 'activation' || key === 'recurrent_activation') {
    const name = ACTIVATIONS.get(value ?? 'linear')
    return (
      name ??
      failFormat(where, {
        expected: `${key} that TensorFlow.js has`,
        got: describeValue(value),
        remedy: INSTEAD,
      })
    )
  }
  if (Array.isArray(value)) return value.map((entry) => optionOf('', entry, where))
  if (!isKerasConfig(value)) return value
  if (key.endsWith('_initializer')) {
    const { seed: _, ...config } = value.config
    return { class_name: INITIALIZERS[value.class_name] ?? value.class_name, config }
  }
  if (key.endsWith('_constraint')) return { class_name: value.class_name, config: value.config }
  if (key.endsWith('_regularizer')) {
    const { l1 = 0, l2 = 0 } = value.config
    const isPenalty = /^L(1|2|1L2)$/.test(value.class_name)
    return isPenalty
      ? { class_name: 'L1L2', config: { l1, l2 } }
      : failFormat(where, { expected: `${key} as L1, L2 or L1L2`, got: value.class_name, remedy: INSTEAD })
  }
  return tfjsConfig(value, where)
}

/** The layers of a Sequential, the first of which says the shape of the input itself. */
function withoutInput([input, first, ...others]: readonly Json[]): Json[] {
  if (!isKerasConfig(input)) return []
  if (input.class_name !== 'InputLayer') return [input, ...(first === undefined ? [] : [first]), ...others]
  if (!isKerasConfig(first)) return [input]
  // A model says it in its own first layer.
  if ('layers' in first.config) return [first, ...others]
  const { batch_input_shape: shape = null } = input.config
  return [{ ...first, config: { ...first.config, batch_input_shape: shape, dtype: 'float32' } }, ...others]
}

/** The calls of a functional model's layers. */
function graphOf(config: JsonObject, written: JsonObject, where: string): JsonObject {
  const items = (config.layers as Json[]).filter(isKerasConfig)
  // A model is its own call 0; calls of it by others count from 1.
  const models = new Set(
    items.filter(({ config: { layers } }) => Array.isArray(layers)).map(({ config: { name } }) => name),
  )
  const referenceOf = ([name = null, call = null, output = null]: readonly Json[]): Json[] => [
    name,
    models.has(name) ? Number(call) + 1 : call,
    output,
  ]
  const isFunctional = functionalIn(config.layers)
  const ends = (given: Json | undefined): Json[] => (endsOf(given, isFunctional) as Json[][]).map(referenceOf)
  const layers = (written.layers as KerasConfig[]).map((layer, i): Json => {
    const { name = null } = layer.config
    const nodes = (items[i]?.inbound_nodes ?? []) as Json[]
    const at = `${where}, ${layer.class_name} ${describeValue(name)}`
    return { name, ...layer, inbound_nodes: nodes.map((node) => callOf(node, referenceOf, at)) }
  })
  return {
    ...written,
    layers,
    input_layers: ends(config.input_layers),
    output_layers: ends(config.output_layers),
  }
}

/** The tensors in an argument, in order. */
function tensorsIn(value: Json): Json[][] {
  if (Array.isArray(value)) return value.flatMap(tensorsIn)
  const history = historyOf(value)
  return history ? [history] : []
}

/** A call: its inputs, each with the call's other arguments. TensorFlow.js writes calls with initial states, and runs none that it reads. */
function callOf(node: Json, referenceOf: (history: readonly Json[]) => Json[], where: string): Json {
  const { args = [], kwargs = {} } = isJsonObject(node) ? node : {}
  const { training = null, ...others } = isJsonObject(kwargs) ? kwargs : {}
  const unknown = Object.entries(others).find(([, value]) => value !== null && value !== false)
  if (unknown) {
    failFormat(where, {
      expected: 'a call with inputs and training alone, which is what TensorFlow.js has',
      got: unknown[0],
      remedy: INSTEAD,
    })
  }
  const options: JsonObject = training === null ? {} : { training }
  return tensorsIn(args).map((history): Json => [...referenceOf(history), options])
}
