/** Inputs of models of one's own: integers reach the device as integers, and a stream may come first. */
import { expect, test } from 'vitest'
import {
  Dense,
  Embedding,
  GlobalAveragePooling1D,
  Layer,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { isIntegerField } from '../../src/models/stepGraph.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectError } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'

/** A layer around an embedding, that asks for padding, too. */
class Padded extends Layer {
  readonly table = Embedding(9, 3)
  override call(ids: SymbolicTensor) {
    const valid = ops.expandDims(ops.cast(ops.notEqual(ids, 0), 'float32'), -1)
    return ops.multiply(this.table(ids), valid)
  }
}

class Words extends Model {
  readonly words = new Padded()
  readonly pool = GlobalAveragePooling1D()
  readonly out = Dense(1)
  override call(inputs: { readonly ids: SymbolicTensor; readonly others: SymbolicTensor }) {
    const pooled = this.pool(this.words(inputs.ids))
    return this.out(ops.concatenate([pooled, inputs.others], -1))
  }
}

/** Reads its ids as numbers, too. */
class Both extends Model {
  readonly table = Embedding(9, 1)
  override call(ids: SymbolicTensor) {
    return ops.add(ops.sum(this.table(ids), [1, 2]), ops.sum(ops.multiply(ids, 0.5), 1))
  }
}

class Plain extends Model {
  readonly out = Dense(1)
  override call(x: SymbolicTensor) {
    return this.out(x)
  }
}

const ids = tensor(Float32Array.of(1, 2, 0, 3, 8, 8, 4, 0), [2, 4])
const others = tensor(Float32Array.of(0.5, -1.5), [2, 1])
const y = tensor(Float32Array.of(1, 0), [2, 1])

onEachBackend(() => {
  test('those that all read as ids are integers, the others floats', async () => {
    const model = new Words()
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const { history } = await model.fit({ ids, others }, y, { ...quiet, epochs: 2 })
    expect(history.loss?.[1]).toBeLessThan(history.loss?.[0] as number)
    const { graph } = model
    expect(graph.inputs.map((input) => isIntegerField(graph, input))).toEqual([true, false])
    // Of the same weights, a model of layers that get floats.
    const [table, kernel, bias] = (await model.getWeights()).map(({ data }) => data) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const expected = [0, 1].map((row) => {
      const pooled = [0, 1, 2].map((column) => {
        const found = [0, 1, 2, 3].map((t) => ids.data[4 * row + t] as number)
        return found.reduce((sum, id) => sum + (id && (table[3 * id + column] as number)), 0) / 4
      })
      return [...pooled, others.data[row] as number].reduce(
        (sum, value, i) => sum + value * (kernel[i] as number),
        bias[0] as number,
      )
    })
    const predicted = (await model.predict({ ids, others }, quiet)).data
    expected.forEach((value, i) => {
      expect(predicted[i]).toBeCloseTo(value, 5)
    })
  })
})

test('an input that is read as ids and as numbers', async () => {
  const model = new Both()
  const [first] = (await model.predict(ids, quiet)).data
  const [table] = (await model.getWeights()).map(({ data }) => data)
  const expected = [1, 2, 0, 3].reduce((sum, id) => sum + (table?.[id] as number) + id / 2, 0)
  expect(first).toBeCloseTo(expected, 5)
})

test('what is no integer is refused, as by other models', async () => {
  const halves = tensor(Float32Array.of(0.5, 1), [1, 2])
  await expectError(
    () => new Both({ name: 'both' }).predict(halves, quiet),
    'Model "both".predict, x[0][0]: expected an integer up to 2²⁴, got 0.5.',
  )
  await expectError(
    () => Sequential([Embedding(9, 1)], { name: 'same' }).predict(halves, quiet),
    'Model "same".predict, x[0][0]: expected an integer up to 2²⁴, got 0.5.',
  )
})

test('a stream may be the first data, and gives the first batch too', async () => {
  const build = () => {
    setSeed(3)
    const model = new Plain()
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    return model
  }
  const batches = [0, 1, 2].map((i) => [others, tensor(Float32Array.of(i, 1), [2, 1])] as const)
  const streamed = build()
  function* stream() {
    yield* batches
  }
  const { history } = await streamed.fit(stream, null, quiet)
  const plain = build()
  plain.build([null, 1])
  for (const [x, target] of batches) await plain.trainOnBatch(x, target)
  expect(history.loss).toHaveLength(1)
  expect(await streamed.getWeights()).toEqual(await plain.getWeights())
  expect((await build().predict(stream, quiet)).shape).toEqual([6, 1])
  expect(await build().evaluate(stream, null, quiet)).toBeGreaterThan(0)
})
