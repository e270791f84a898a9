// Large tables whose optimizer's state comes from a file, whose layer several models or a TimeDistributed have, beside one another, and
// in mixed precision: as tables in doubles that are updated as a whole.
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import {
  Adam,
  Add,
  type CallableLayer,
  config,
  Embedding,
  GlobalAveragePooling1D,
  Input,
  type LayersModel,
  loadModel,
  Model,
  Reshape,
  Sequential,
  type SymbolicTensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import {
  adam,
  batchOf,
  COLUMNS,
  createModel,
  expectTable,
  Reference,
  ROWS,
  TIME,
  table,
  targetsOf,
  trainBoth,
} from '../support/tableTraining.ts'
import { weightsFile } from '../support/weightsFile.ts'

/** A file as Keras writes one: a model of one layer with one weight, and its optimizer's variables. */
function fileOf(model: LayersModel, weight: Float32Array, slots: readonly Float32Array[], steps: number) {
  const table = (data: Float32Array) => ({ shape: [ROWS, COLUMNS], data })
  const weights = weightsFile({
    'layers/embedding': [table(weight)],
    optimizer: [
      { shape: [], dtype: 'int32', data: Int32Array.of(steps) },
      { shape: [], data: Float32Array.of(0.01) },
      ...slots.map(table),
    ],
  })
  const architecture = {
    ...configOfLayer(model),
    compile_config: { loss: 'mse', optimizer: { class_name: 'Adam', config: { learning_rate: 0.01 } } },
  }
  return zipSync({
    'metadata.json': strToU8(JSON.stringify({ keras_version: '3.16.0' })),
    'config.json': strToU8(JSON.stringify(architecture)),
    'model.weights.h5': weights,
  })
}

onCpuFirst(() => {
  test("the optimizer's state of a file", async () => {
    const trained = createModel(Adam(0.01))
    const reference = new Reference(adam())
    await trainBoth(trained, reference, [0, 10])
    const [weight] = await trained.getWeights()
    const slots = await Promise.all(
      (trained.optimizer?.variables ?? []).map(async (variable) => {
        await variable.home?.pull()
        return variable.value
      }),
    )
    const loaded = await loadModel(fileOf(trained, weight?.data as Float32Array, slots, 10))
    expect(loaded.optimizer?.iterations).toBe(10)
    await trainBoth(loaded, reference, [10, 30])
    await expectTable('weights', loaded, reference)
    trained.dispose()
    loaded.dispose()
  })

  test('a layer that two models train in turn', async () => {
    const embed = Embedding(ROWS, COLUMNS, { weights: table })
    const [first, second] = [1, 2].map((): LayersModel => {
      const model = Sequential([Input({ shape: [TIME], dtype: 'int32' }), embed, GlobalAveragePooling1D()])
      model.compile({ loss: 'mse', optimizer: Adam(0.01) })
      return model
    })
    if (!first || !second) throw new TypeError('two models')
    const models = [first, second]
    const [one, other] = [new Reference(adam()), new Reference(adam())]
    for (let turn = 0; turn < 3; turn++) {
      await trainBoth(first, one, [10 * turn, 10 * turn + 5])
      other.w.set(one.w)
      await trainBoth(second, other, [10 * turn + 5, 10 * turn + 10])
      one.w.set(other.w)
    }
    for (const model of models) await expectTable('weights', model, one)
    for (const model of models) model.dispose()
  })

  test('two tables of a model', async () => {
    const ids = Input([TIME], { dtype: 'int32' })
    const embeds = [1, 2].map(() => Embedding(ROWS, COLUMNS, { weights: table }))
    const model = Model(ids, GlobalAveragePooling1D()(Add()(embeds.map((embed) => embed(ids)))))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    // Both are one table of twice the effect, whose gradient is half of its own.
    const reference = new Reference(adam(), 2, 0.5)
    await trainBoth(model, reference, [0, 10])
    await expectTable('first', model, reference)
    const [first, second] = await model.getWeights()
    expect(second?.data).toEqual(first?.data)
    model.dispose()
  })

  test('a table at every time step', async () => {
    const ids = Input([2, TIME / 2], { dtype: 'int32' })
    const each: CallableLayer = TimeDistributed(Embedding(ROWS, COLUMNS, { weights: table }))
    const model = Model(ids, GlobalAveragePooling1D()(Reshape([TIME, COLUMNS])(each(ids) as SymbolicTensor)))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    const reference = new Reference(adam())
    for (let step = 0; step < 20; step++) {
      const { data, shape } = batchOf(step)
      await model.trainOnBatch(tensor(data, [shape[0] ?? 1, 2, TIME / 2]), targetsOf(step))
      reference.step(step, 0.01)
    }
    await expectTable('weights', model, reference)
    model.dispose()
  })

  test('in mixed precision, where a table stays in floats of 32 bits', async () => {
    config.setDtypePolicy('mixed_float16')
    try {
      const model = createModel(Adam(0.01))
      const reference = new Reference(adam())
      await trainBoth(model, reference, [0, 20])
      await expectTable('weights', model, reference)
      model.dispose()
    } finally {
      config.setDtypePolicy('float32')
    }
  })
})
