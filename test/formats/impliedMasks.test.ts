/** Masks that newer versions of Keras write into a model by the operations that make them, in formats that have no operations. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel } from 'recurra/node'
import { beforeEach, expect, test } from 'vitest'
import * as r from '../../src/index.ts'
import { uniform } from '../support/values.ts'

const { ops } = r

beforeEach(async () => {
  r.clearSession()
  await r.setBackend('cpu')
})

/** Sequences of ids, and of floats, of which some steps are zeros. */
const data = (isOfIds: boolean) =>
  isOfIds
    ? [
        [1, 2, 0, 3],
        [0, 3, 0, 0],
      ]
    : uniform([2, 4, 2], -1, 1, 1)
        .toArray<number[][][]>()
        .map((steps, i) => steps.map((step, t) => ((t + i) % 3 === 1 ? [0, 0] : step)))

const embedded = (mask: (ids: r.SymbolicTensor, x: r.SymbolicTensor) => r.SymbolicTensor) => {
  const ids = r.Input([4], { dtype: 'int32' })
  return r.Model(ids, mask(ids, r.Embedding(5, 3, { maskZero: true })(ids)))
}
const masked = (mask: (i: r.SymbolicTensor, x: r.SymbolicTensor) => r.SymbolicTensor) => {
  const i = r.Input([4, 2])
  return r.Model(i, mask(i, r.Masking()(i)))
}

const gru = (x: r.SymbolicTensor, mask: r.SymbolicTensor) => r.GRU(2, { resetAfter: false })(x, { mask })

const models: Readonly<Record<string, () => r.FunctionalModel>> = {
  'of an Embedding': () => embedded((ids, x) => gru(x, ops.notEqual(ids, 0))),
  'of Masking': () => masked((i, x) => gru(x, ops.any(ops.notEqual(i, 0), -1))),
  'through layers that hand it on': () =>
    masked((i, x) => gru(r.Dense(3)(r.Dropout(0.1)(x)), ops.any(ops.notEqual(i, 0), -1))),
  'taken by two layers': () =>
    embedded((ids, x) => r.Add()([gru(x, ops.notEqual(ids, 0)), gru(x, ops.notEqual(ids, 0))])),
}

test.each(Object.entries(models))('%s: .h5 and TensorFlow.js have the layers alone', async (_, make) => {
  const model = make()
  expect(model.layers.map(({ className }) => className)).toContain('NotEqual')
  const x = data(model.inputs[0]?.shape.length === 2)
  const expected = (await model.predict(x)) as r.Tensor
  const folder = mkdtempSync(join(tmpdir(), 'recurra-masks-'))
  for (const name of ['model.h5', 'model.json']) {
    await model.save(join(folder, name))
    const again = await loadModel(join(folder, name))
    const classes = again.layers.map(({ className }) => className)
    expect(classes).toEqual(
      model.layers.map(({ className }) => className).filter((name) => !/^(NotEqual|Any)$/.test(name)),
    )
    expect(((await again.predict(x)) as r.Tensor).data).toEqual(expected.data)
  }
  rmSync(folder, { recursive: true })
})

test.each([
  ['of another value', () => masked((i, x) => gru(x, ops.any(ops.notEqual(i, 1), -1)))],
  ['of another input', () => masked((_, x) => gru(x, ops.any(ops.notEqual(x, 0), -1)))],
  ['where none comes', () => masked((i) => gru(i, ops.any(ops.notEqual(i, 0), -1)))],
  [
    'that is an output, too',
    () => {
      const ids = r.Input([4], { dtype: 'int32' })
      const mask = ops.notEqual(ids, 0)
      return r.Model(ids, [gru(r.Embedding(5, 3, { maskZero: true })(ids), mask), mask])
    },
  ],
])('a mask %s stays, and such a model is no .h5', async (_, make) => {
  await expect(make().save(null, { format: 'h5' })).rejects.toThrow(/expected layers alone/)
})
