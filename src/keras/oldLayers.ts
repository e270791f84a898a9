// Layers as Keras 1 has them: the order of their arguments, what options are called there, and classes that are gone.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { RENAMED_LAYERS } from '../formats/keras/renamedLayers.ts'
import { type Arguments, Tuple, type Value } from '../python/values.ts'

/** Classes of Keras 1 and 2 that are others today. */
const OLD: Readonly<Record<string, string>> = {
  ...RENAMED_LAYERS,
  CuDNNLSTMCell: 'LSTMCell',
  CuDNNGRUCell: 'GRUCell',
  Input: 'InputLayer',
  LSTMV2: 'LSTM',
  GRUV2: 'GRU',
  Deconvolution2D: 'Conv2DTranspose',
  AtrousConvolution1D: 'Conv1D',
  AtrousConvolution2D: 'Conv2D',
  // Dense takes sequences, too, since Keras 2.
  TimeDistributedDense: 'Dense',
}

/** The class that a name of old means today; the name itself for others. */
export const classOfToday = (name: string): string => OLD[name] ?? name

/** What to do instead of layers that Keras no longer has. */
export const goneLayers: Readonly<Record<string, string>> = {
  Merge:
    'call concatenate([left.output, right.output]), or add, multiply, average, maximum or dot as its mode says, and give Model what follows, with [left.input, right.input] as inputs',
  RandomHeight: 'use RandomZoom: a step is compiled for images of one size',
  RandomWidth: 'use RandomZoom: a step is compiled for images of one size',
  Highway: 'write it of Dense, multiply and add',
  MaxoutDense: 'take Dense of all features, Reshape and a maximum over the new axis',
}

/** What Keras 2 took of convolutions by channels, and did nothing with. */
const unusedByChannels = Object.fromEntries(
  ['DepthwiseConv1D', 'DepthwiseConv2D', 'SeparableConv1D', 'SeparableConv2D'].flatMap((layer) =>
    ['initializer', 'regularizer', 'constraint'].map((rule) => [
      `${layer} ${toCamelCase(`kernel_${rule}`)}`,
      `Keras 2 took it and did nothing with it: depthwise_${rule} is what it may mean.`,
    ]),
  ),
)

/** Options that layers here do not have, with what to write instead. */
export const goneOptions: Readonly<Record<string, string>> = {
  ...unusedByChannels,
  'Embedding dropout':
    'Put Dropout(rate, noise_shape=(None, None, 1)) behind it, which drops whole words, too.',
  'InputLayer optional': 'A model that has fewer inputs is another model: make it of those.',
}

/** Layers to which the first Keras gave the number of their input's features, too. */
const OF_KERAS_0 = ['Dense', 'LSTM', 'GRU', 'SimpleRNN', 'TimeDistributedDense']

/** `Dense(64, 10)`: what stands second is an activation since Keras 1, and was the number of units before. */
function withoutInput(args: Arguments): Arguments {
  const [features = null, units, ...others] = args.placed
  if (typeof features !== 'bigint' || typeof units !== 'bigint') return args
  const named = new Map([...args.named, ['input_dim', features] as const])
  return { ...args, placed: [units, ...others], named }
}

/** Convolutions, whose name begins with what kind they are and ends with the number of axes. */
const CONVOLUTION = /^(Atrous|Separable|De)?[Cc]onv(olution)?([123])D$/

/** Names that only Keras 1 has. */
const OF_KERAS_1 =
  /^(nb_|border_mode$|subsample|dim_ordering$|init$|W_|b_|filter_length$|kernel_dim|atrous_rate$|bias$)/

/** What Keras 1 calls extents of a kernel, by the number of axes. */
const EXTENTS = [[], ['filter_length'], ['nb_row', 'nb_col'], ['kernel_dim1', 'kernel_dim2', 'kernel_dim3']]

/**
 * The arguments of a layer by the names that Keras has since its version 2: `Convolution2D(32, 3, 3)` has a kernel of [3, 3]. Other
 * layers, and convolutions as Keras 2 writes them, keep theirs.
 */
export function argumentsOfToday(name: string, args: Arguments): Arguments {
  if (OF_KERAS_0.includes(name)) return withoutInput(args)
  if (name === 'ThresholdedReLU') {
    const { placed, named } = args
    const threshold = placed[0] ?? named.get('theta') ?? 1
    const others = [...named].filter(([key]) => key !== 'theta')
    return { placed: [], named: new Map([...others, ['threshold', threshold]]), places: args.places }
  }
  const [, kind = '', isLong, axes] = CONVOLUTION.exec(name) ?? []
  if (axes === undefined) return args
  const extents = EXTENTS[Number(axes)] ?? []
  const third = args.placed[2]
  const isByPlace =
    isLong !== undefined && (axes === '1' ? typeof third === 'string' : typeof third === 'bigint')
  if (!isByPlace && ![...args.named.keys()].some((key) => OF_KERAS_1.test(key))) return args
  const output = kind === 'De' ? ['output_shape'] : []
  const order = [
    'filters',
    ...extents,
    ...output,
    'init',
    'activation',
    'weights',
    'border_mode',
    'subsample',
  ]
  const named = new Map<string, Value>()
  const places = new Map(args.places)
  for (const [i, value] of args.placed.entries()) {
    // A kernel as a tuple is Keras 2's, and what follows it.
    const key = order[i] ?? `argument ${i + 1}`
    named.set(key, value)
    places.set(key, args.places.get(i) ?? 0)
  }
  for (const [key, value] of args.named) named.set(key, value)
  return { placed: [], named: withKernel(named, extents, places), places }
}

/** One size of a kernel for its extents; a kernel that is given as a whole stays as it is. */
function withKernel(
  named: Map<string, Value>,
  extents: readonly string[],
  places: Map<string | number, number>,
): Map<string, Value> {
  const [first = ''] = extents
  const sizes = extents.flatMap((key) => (named.has(key) ? [named.get(key) ?? null] : []))
  const [size = null] = sizes
  if (sizes.length === 0) return named
  for (const key of extents) named.delete(key)
  named.delete('output_shape')
  named.set('kernel_size', sizes.length > 1 ? new Tuple(sizes) : size)
  places.set('kernel_size', places.get(first) ?? 0)
  return named
}

/** Values of options that Keras 1 and 2 write in other words. */
const VALUES: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  dataFormat: { tf: 'channels_last', th: 'channels_first' },
  unitForgetBias: { one: true, ones: true, zero: false, zeros: false },
  reduction: { auto: 'sum_over_batch_size' },
}

/** The value of an option as it is written today. */
export function valueOfToday(option: string, value: Value): Value {
  const known = VALUES[option]
  if (typeof value !== 'string') return value
  if (known && Object.hasOwn(known, value)) return known[value] ?? value
  // Keras takes these in capitals, too, as TensorFlow writes them.
  return option === 'padding' || option === 'dataFormat' ? value.toLowerCase() : value
}
