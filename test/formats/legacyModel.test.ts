/** Whole models as `.h5`: the groups, arrays and settings that Keras 3 writes, and what is read again trains on. */
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Node } from '../../src/formats/hdf5/tree.ts'
import {
  Attention,
  BatchNormalization,
  Bidirectional,
  Concatenate,
  Dense,
  Dropout,
  ExponentialDecay,
  Flatten,
  FormatError,
  GRU,
  GRUCell,
  Huber,
  Input,
  Lamb,
  LayerNormalization,
  type LayersModel,
  LossScaleOptimizer,
  LSTM,
  LSTMCell,
  loadModel,
  MeanAbsoluteError,
  Model,
  ModelCheckpoint,
  Nadam,
  ops,
  RNN,
  RootMeanSquaredError,
  Sequential,
  SGD,
  StringLookup,
  type SymbolicTensor,
  setBackend,
  TimeDistributed,
  tensor,
} from '../../src/node.ts'
import { differences } from '../support/configDifferences.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

interface Expected {
  readonly tree: Readonly<Record<string, string | readonly string[]>>
  readonly attributes: readonly string[]
  readonly model_config: JsonObject
  readonly training_config: JsonObject
}
const file = new URL('keras3/legacyModels.json.gz', import.meta.url)
const expected: Readonly<Record<string, Expected>> = JSON.parse(
  new TextDecoder().decode(gunzipSync(readFileSync(file))),
)

/** Keys on which nothing depends, and the type of metrics, which is that of all numbers here. */
const BESIDE = [
  'quantization_config',
  'sparse',
  'ragged',
  'optional',
  'synchronized',
  'dtype',
  'compile_config',
]

const zeros = (...shape: readonly number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape)

/** The models of keras3/legacyModels.json, trained for an epoch. */
const models: Readonly<Record<string, () => Promise<LayersModel>>> = {
  async chain() {
    const layers = [
      Input([3, 2]),
      LSTM(4, { returnSequences: true, name: 'first' }),
      BatchNormalization({ name: 'norm' }),
      TimeDistributed(Dense(2, { name: 'inner' }), { name: 'each' }),
      Flatten({ name: 'flat' }),
      Dense(1, { activation: 'relu', kernelRegularizer: 'l2', name: 'last' }),
    ]
    const model = Sequential(layers, { name: 'chain' })
    model.compile({
      optimizer: 'adam',
      loss: 'mse',
      metrics: ['mae', RootMeanSquaredError({ name: 'rmse' })],
    })
    await model.fit(zeros(4, 3, 2), zeros(4, 1), quiet)
    return model
  },

  async graph() {
    const [x, z] = [Input([4, 3], { name: 'series' }), Input([2], { name: 'more' })]
    const both = Bidirectional(GRU(2, { name: 'gru' }), { name: 'both' })(x)
    const joined = Concatenate({ name: 'joined' })([both, z])
    const outputs = [
      Dense(1, { name: 'value' })(joined),
      Dense(3, { activation: 'softmax', name: 'kind' })(joined),
    ]
    const model = Model([x, z], outputs, { name: 'graph' })
    const rate = ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.9 })
    model.compile({
      optimizer: SGD({ learningRate: rate, momentum: 0.9, name: 'descent' }),
      loss: { value: Huber({ delta: 2 }), kind: 'categorical_crossentropy' },
      lossWeights: { value: 0.5, kind: 2 },
      weightedMetrics: { kind: ['accuracy'] },
    })
    await model.fit([zeros(4, 4, 3), zeros(4, 2)], [zeros(4, 1), zeros(4, 3)], quiet)
    return model
  },

  async nested() {
    const inner = Sequential([Input([3]), Dense(2, { name: 'small' }), Dropout(0.5, { name: 'drop' })], {
      name: 'inside',
    })
    const point = Input([3], { name: 'point' })
    const other = Model(point, Dense(2, { name: 'own' })(point), { name: 'other' })
    const points = Input([5, 3], { name: 'points' })
    const each = TimeDistributed(inner, { name: 'each' })(points)
    const cells = [LSTMCell(2, { name: 'one' }), GRUCell(3, { name: 'two' })]
    const model = Model(points, other(RNN(cells, { name: 'cells' })(each)), { name: 'nested' })
    model.compile({ optimizer: Nadam({ name: 'nadam' }), loss: MeanAbsoluteError() })
    await model.fit(zeros(4, 5, 3), zeros(4, 2), quiet)
    return model
  },
}

/** Groups, arrays with types and shapes, and lists of names, by path. */
function listed(node: Hdf5Node, found: Record<string, unknown> = {}): Record<string, unknown> {
  if (node.path)
    found[node.path] = node.kind === 'group' ? 'group' : `${node.read().dtype} [${node.shape.join(', ')}]`
  for (const name of ['layer_names', 'weight_names']) {
    const names = node.attribute(name)
    if (names) found[`${node.path} ${name}`] = Array.from<unknown>(names.data)
  }
  if (node.kind === 'group') for (const child of node.children.values()) listed(child, found)
  return found
}

let folder = ''
beforeAll(async () => {
  await setBackend('cpu')
  folder = await mkdtemp(join(tmpdir(), 'recurra-legacy-model-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(Object.keys(models))('%s', (name) => {
  let model: LayersModel
  let bytes: Uint8Array
  beforeAll(async () => {
    model = await (models[name] as () => Promise<LayersModel>)()
    await model.save(join(folder, `${name}.h5`))
    bytes = await readFile(join(folder, `${name}.h5`))
  })

  test('has the groups, arrays and settings of the file of Keras', async () => {
    const { tree, attributes, ...settings } = expected[name] as Expected
    const root = await readHdf5(name, bytes)
    expect(listed(root)).toEqual(tree)
    const texts = attributes.map((attribute) => String(root.attribute(attribute)?.data[0]))
    expect(Object.fromEntries(attributes.map((attribute, i) => [attribute, texts[i]]))).toMatchObject({
      keras_version: '3.16.0',
      backend: 'tensorflow',
    })
    for (const [attribute, theirs] of Object.entries(settings)) {
      const written = JSON.parse(String(root.attribute(attribute)?.data[0]))
      // Keras does not read its own short names of losses again.
      const given = theirs.loss === 'mse' ? { ...theirs, loss: 'mean_squared_error' } : theirs
      expect(differences(written, given, attribute, BESIDE)).toEqual([])
    }
  })

  test('is read again, and trains on', async () => {
    const again = await loadModel(bytes)
    expect(await weightsOf(again)).toEqual(await weightsOf(model))
    expect(again.optimizer?.iterations).toBe(model.optimizer?.iterations)
    const shapes = (ends: readonly { readonly shape: readonly (number | null)[] }[]) =>
      ends.map(({ shape }, i) => uniform([4, ...(shape.slice(1) as number[])], 0, 1, i))
    const [x, y] = [shapes(model.inputs), shapes(model.outputs)]
    const options = { ...quiet, epochs: 2, shuffle: false }
    const [ours, theirs] = [await model.fit(x, y, options), await again.fit(x, y, options)]
    // Dropout is drawn anew.
    if (name !== 'nested') expect(theirs.history.loss).toEqual(ours.history.loss)
  })
})

const small = (): LayersModel => Sequential([Input([2, 3]), Dense(1)])
const [x, y] = [uniform([4, 2, 3], -1, 1, 1), uniform([4, 2, 1], -1, 1, 2)]

test('a checkpoint, the options format and compile', async () => {
  const model = small()
  model.compile({ optimizer: 'adam', loss: 'mse' })
  const path = join(folder, 'best.h5')
  await model.fit(x, y, { ...quiet, callbacks: [ModelCheckpoint(path)] })
  expect(await (await loadModel(path)).getWeights()).toEqual(await model.getWeights())
  const bytes = await model.save(null, { format: 'h5', compile: false })
  expect((await loadModel(bytes)).optimizer).toBeNull()
})

class Own extends Model {
  readonly dense = Dense(1)
  override call(x: SymbolicTensor) {
    return this.dense(x)
  }
}

/** A model with the same layer in both of two models in it. */
function sharing(): LayersModel {
  const dense = Dense(3)
  const [a, b] = [
    Sequential([Input([3]), dense], { name: 'a' }),
    Sequential([Input([3]), dense], { name: 'b' }),
  ]
  const x = Input([3])
  return Model(x, b(a(x)))
}

/** Two models whose layers have one name, so that slots of the optimizer would have one path. */
async function alike(): Promise<LayersModel> {
  const inner = (name: string) => {
    const x = Input([3])
    return Model(x, Dense(3, { name: 'same' })(x), { name })
  }
  const x = Input([3])
  const model = Model(x, inner('b')(inner('a')(x)))
  model.compile({ optimizer: 'adam', loss: 'mse' })
  await model.fit(zeros(4, 3), zeros(4, 3), quiet)
  return model
}

const attending = (): LayersModel => {
  const x = Input([4, 3])
  return Model(x, Attention()([x, x]))
}

const learned = (): LayersModel => {
  const lookup = StringLookup()
  lookup.adapt(['a', 'b'])
  const x = Input([1], { dtype: 'string' })
  return Model(x, lookup(x))
}

test.each<readonly [string, () => LayersModel | Promise<LayersModel>, string]>([
  [
    'an operation',
    () => {
      const x = Input([3], { name: 'x' })
      return Model(x, ops.square(x))
    },
    'Square "square": expected layers alone, for a whole model as .h5, got an operation, which Keras does not find by its name.',
  ],
  [
    'several axes',
    () => Sequential([Input([2, 3]), LayerNormalization({ axis: [1, 2] })]),
    'got axis: [1, 2].',
  ],
  ['a model of a class', () => new Own() as unknown as LayersModel, 'got a model of class Own.'],
  ['a layer of two models', sharing, 'expected a layer of one model'],
  [
    'slots of one path',
    alike,
    'expected paths of variables that differ, for an older .h5, got "adam/same_kernel_momentum" twice.',
  ],
  ['a word that Keras takes for a function', attending, `got score_mode: "dot".`],
  ...[Lamb(), LossScaleOptimizer(Lamb())].map(
    (optimizer) =>
      [
        `an optimizer that Keras exports without its name, ${optimizer.className}`,
        () => {
          const model = small()
          model.compile({ optimizer, loss: 'mse' })
          return model
        },
        'expected an optimizer that Keras finds by its name, for a whole model as .h5, got Lamb.',
      ] as const,
  ),
  ['a learned vocabulary', learned, 'expected vocabularies that are given'],
])('%s is refused with the remedy', async (_what, build, message) => {
  const model = await build()
  const error = await model.save(join(folder, 'none.h5')).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(FormatError)
  expect(String(error)).toContain(message)
  expect(String(error)).toContain('Save the model as .keras, which Keras 3 opens.')
  await expect(readFile(join(folder, 'none.h5'))).rejects.toThrow('ENOENT')
})
