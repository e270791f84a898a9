/**
 * Options → config → layer: a layer of each class, with each option in turn at another value than its default, is made again from
 * the config that it writes, with the same options; and what is written has no name that Keras's own files do not have. A
 * Sequential counts as a layer here.
 */
import { expect, test } from 'vitest'
import { isJsonObject, type Json } from '../../src/formats/config/json.ts'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import { loadersOf } from '../../src/formats/config/layersByName.ts'
import { modelReader } from '../../src/formats/config/modelConfig.ts'
import { isOperation } from '../../src/formats/config/operationReader.ts'
import * as operations from '../../src/formats/config/operations.ts'
import { readKerasArchive } from '../../src/formats/keras/kerasArchive.ts'
import { isKerasConfig, type KerasConfig } from '../../src/formats/kerasConfig.ts'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import * as api from '../../src/index.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import { Layer } from '../../src/layers/layer.ts'
import { SequentialModel } from '../../src/models/sequential.ts'
import type { OptionTable } from '../../src/util/options.ts'
import { everyLayer } from '../support/everyLayer.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { kerasApi } from '../support/kerasApi.ts'
import { isRefused } from '../support/optionKinds.ts'
import { sampled } from '../support/sampled.ts'

/** Options that a file does not keep: the model's input has them. */
const OF_THE_INPUT = ['inputShape', 'batchShape', 'batchSize', 'shape', 'inputLength']
/** Options that have one value, or that other options say in a file. */
const FIXED = [
  'weights of Embedding',
  'weights of ReversibleEmbedding',
  // Keras's layer has no such option.
  'trainable of Discretization',
  // One is refused without the other.
  'idfWeights',
  'padToMaxTokens',
  'salt of IntegerLookup',
  'outputSequenceLength',
  'mean of Normalization',
  'variance of Normalization',
  'dtype',
  'backwardLayer',
  // Keras's classes have no such option.
  ...['1D', '2D', '3D'].map((rank) => `trainable of SpatialDropout${rank}`),
  'vocabularySize',
  'useCudnn',
  // Keras has one so far.
  'fillMode of Resizing',
]

/** Values of which one or another is right for any option, and not its default. */
const VALUES: readonly unknown[] = [
  ...[
    false,
    true,
    0.25,
    2,
    3,
    { rmax: 2 },
    [2, 1],
    [1, 2],
    [2],
    [
      [0, 1],
      [2, 0],
    ],
    [null, 1],
    0,
  ],
  ...[
    'same',
    'channels_first',
    'relu',
    'hard_sigmoid',
    'sum',
    'concat',
    'lower',
    'character',
    'another',
    'bicubic',
    api.initializers.RandomUniform({ maxval: 2, seed: 3 }),
  ],
  ...[api.initializers.Orthogonal({ gain: 2 }), api.LSTM(3, { name: 'inner', dropout: 0.25 }), [3, 1, 2]],
  ...[api.L2(0.25), api.MaxNorm(3)],
  ...['magnitude', 'hamming', 'spectrum', 300, 2000],
  ...['vertical', 'wrap', 'nearest', 'bilinear', 'float32'],
  ...['one_hot', 'multi_hot', '...b,bc->...c', 'farmhash', ['a', 'c']],
  ...[api.GRUCell(3, { name: 'inner' }), [api.GRUCell(3, { name: 'inner' })]],
]

/** Options with layers and initializers inside as plain data. */
const plain = (value: unknown): unknown => {
  if (value instanceof Layer) return [value.className, optionsOf(value)]
  if (typeof value === 'function') return [Reflect.get(value, 'className'), Reflect.get(value, 'config')]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !OF_THE_INPUT.includes(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, plain(inner)]))
}

/** The options of a layer whose name and policy are those that a file says; a Sequential's layers too. */
const optionsOf = (layer: Layer): unknown => ({
  ...(plain(layer.config) as object),
  name: layer.name,
  dtype: layer.dtypePolicy,
  ...(layer instanceof SequentialModel && {
    layers: layer.parts.map(plain),
    input: layer.built && layer.inputs.map(({ shape }) => shape),
  }),
  // A Bidirectional is of the two layers that it makes of the one given.
  ...('forwardLayer' in layer && {
    layer: plain(layer.forwardLayer),
    backwardLayer: plain(Reflect.get(layer, 'backwardLayer')),
  }),
})

/** Keras refuses strides and dilation together. */
const withoutStrides = (option: string): Readonly<Record<string, unknown>> =>
  option === 'dilationRate' ? { strides: 1 } : {}

function succeeds<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

const examples = [...everyLayer(api)].map(([name, layer]) => [name, layer] as const)

test('there is an example of every class', () => {
  // Of Lambda, whose function files have by its name, functions.test.ts is, and applications/loading.test.ts of those in networks alone.
  const elsewhere = ['InputLayer', 'Lambda', 'CustomScaleLayer', 'LayerScale']
  const all = [...layerDefinitions.keys()].filter((name) => !elsewhere.includes(name))
  expect(examples.map(([name]) => name).sort()).toEqual(all.sort())
})

test('files find every class in the module that is loaded by its name', async () => {
  const names = [...layerDefinitions.keys()].filter((name) => name !== 'InputLayer')
  for (const name of names) expect((await loadersOf([name])).has(name), name).toBe(true)
  for (const [name, load] of await loadersOf(names)) {
    // Keras exports GroupedQueryAttention by another name.
    expect(await load(), name).toHaveProperty(name.replace('Grouped', 'Group'))
  }
})

test.each(sampled(examples, 3))('%s', (className, example) => {
  for (const [option, entry] of Object.entries<OptionTable[string]>(example.definition.table)) {
    if (
      isRefused(entry) ||
      [...OF_THE_INPUT, ...FIXED].some((name) => name === option || name === `${option} of ${className}`)
    )
      continue
    const before = JSON.stringify(optionsOf(example))
    const changed = VALUES.map((value) =>
      succeeds(() => example.clone({ name: 'one', ...withoutStrides(option), [option]: value })),
    ).find(
      (layer) =>
        layer &&
        JSON.stringify(optionsOf(layer)) !== before &&
        Reflect.get(layer.config, option) !== entry.fallback,
    )
    if (!changed) throw new Error(`no other value for ${option}`)
    // As it lies in a file.
    const config = JSON.parse(JSON.stringify(configOfLayer(changed))) as KerasConfig
    expect(optionsOf(layerFromConfig(config, 'file')), option).toEqual(optionsOf(changed))
  }
})

/** What all layers of Keras take, but for one (Discretization), which says so in its signature. */
const OF_EVERY_LAYER = ['name', 'trainable', 'dtype']

test.each(examples)("%s writes only what Keras's constructor takes", (className, example) => {
  const takes: Readonly<Record<string, readonly string[]>> = kerasApi.layers
  const { class_name: name, config } = configOfLayer(example)
  const ofAll = className === 'Discretization' ? ['name', 'dtype'] : OF_EVERY_LAYER
  // These are among further arguments, which no signature names.
  const known = [...(takes[name] ?? []), ...ofAll, 'vocabulary_size', 'rms_scaling']
  expect(Object.keys(config).filter((option) => !known.includes(option))).toEqual([])
})

test('a Hashing to numbers of buckets is of integers in files, which Keras demands', () => {
  const dtypeOf = (outputMode: 'int' | 'one_hot') => {
    const { dtype } = configOfLayer(api.Hashing(5, { outputMode })).config
    return isJsonObject(dtype) && isJsonObject(dtype.config) && dtype.config.name
  }
  expect([dtypeOf('int'), dtypeOf('one_hot')]).toEqual(['int64', 'float32'])
})

/** Every config of a layer or a Sequential in a value of JSON. */
function layerConfigsIn(value: Json): KerasConfig[] {
  if (Array.isArray(value)) return value.flatMap(layerConfigsIn)
  if (!isJsonObject(value)) return []
  const inside = Object.values(value).flatMap(layerConfigsIn)
  const isLayer =
    isKerasConfig(value) &&
    !isOperation(value) &&
    (layerDefinitions.has(value.class_name) || value.class_name === 'Sequential')
  return isLayer ? [value, ...inside] : inside
}

const files = await Promise.all(
  goldenNames.map((name) => readKerasArchive(name, goldenCase(name).modelBytes)),
)
const theirs = files.flatMap(({ config }) => layerConfigsIn(config))

/** Classes and names of the layers that a Sequential's config lists. */
const layersListed = ({ config }: KerasConfig): unknown =>
  Array.isArray(config.layers) &&
  config.layers
    .filter(isKerasConfig)
    .map(({ module, class_name, config: { name } }) => [module, class_name, name])

test("layers of Keras's files are written with the names and the nesting that Keras gives them", () => {
  expect(new Set(theirs.map(({ class_name }) => class_name)).size).toBeGreaterThan(15)
  for (const config of theirs) {
    const layer = layerFromConfig(config, 'file', modelReader(operations))
    const written = configOfLayer(layer)
    expect(Object.keys(config.config), config.class_name).toEqual(
      expect.arrayContaining(Object.keys(written.config)),
    )
    expect(optionsOf(layerFromConfig(written, 'written', modelReader(operations)))).toEqual(optionsOf(layer))
    expect(layersListed(written)).toEqual(layersListed(config))
    for (const [name, value] of Object.entries(written.config)) {
      if (isKerasConfig(value))
        expect(config.config[name]).toMatchObject({ module: value.module, class_name: value.class_name })
    }
  }
})

test('models without input write their layers', () => {
  const open = api.Sequential([api.Dense(2, { name: 'a' })], { name: 'open', trainable: false })
  expect(open.getConfig()).toMatchObject({ name: 'open', trainable: false, layers: [{ className: 'Dense' }] })
  expect(open.getConfig()).not.toHaveProperty('buildInputShape')
})

test('Identity is a layer and an initializer', () => {
  const layer = api.Dense(2, { kernelInitializer: 'identity', name: 'one' })
  expect(optionsOf(layerFromConfig(configOfLayer(layer), 'file'))).toEqual(optionsOf(layer))
})
