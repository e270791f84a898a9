/** Layers that hold each other: a conditional random field, whose cell reads the transitions of the layer that holds it. */
import { expect, test } from 'vitest'
import { plotModel, toTypeScript } from '../../src/formats.ts'
import {
  Cell,
  cloneModel,
  Dense,
  Layer,
  loadModel,
  ops,
  RNN,
  register,
  Sequential,
  type SymbolicTensor,
  type Weight,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

const [batch, time, labels] = [3, 5, 4]
const x = uniform([batch, time, 2], -1, 1)
const y = classes([batch, time], labels)

/** The scores of all ways through the labels up to a time step, together, by the last label. */
class AllWays extends Cell {
  override stateSize = labels
  constructor(readonly field: Field) {
    super()
  }
  override call(scores: SymbolicTensor, [before]: readonly SymbolicTensor[]) {
    const ways = ops.add(ops.expandDims(before as SymbolicTensor, 2), this.field.transitions)
    const after = ops.add(ops.logsumexp(ways, 1), scores)
    return [after, [after]] as const
  }
}

class Field extends Layer {
  readonly ways = RNN(new AllWays(this))
  transitions!: Weight

  override build() {
    this.transitions = this.addWeight({
      name: 'transitions',
      shape: [labels, labels],
      initializer: 'glorot_uniform',
    })
  }

  override call(scores: SymbolicTensor) {
    return scores
  }

  /** How much less likely the labels are than all ways together. */
  readonly loss = (yTrue: SymbolicTensor, scores: SymbolicTensor) => {
    const hot = ops.oneHot(yTrue, labels)
    const [from, to] = [ops.getItem(hot, [null, [0, -1]]), ops.getItem(hot, [null, [1, null]])]
    const taken = ops.add(
      ops.sum(ops.multiply(hot, scores), [1, 2]),
      ops.sum(ops.multiply(ops.einsum('bti,btj->bij', from, to), this.transitions), [1, 2]),
    )
    const all = this.ways(ops.getItem(scores, [null, [1, null]]), { initialState: ops.at(scores, 0, 1) })
    return ops.subtract(ops.logsumexp(all, 1), taken)
  }
}
register('Field', Field)

function make() {
  const field = new Field()
  const model = Sequential([Dense(labels, { inputShape: [time, 2] }), field])
  model.compile({ loss: field.loss, optimizer: 'adam' })
  return { field, model }
}

const logSumExp = (values: readonly number[]): number =>
  Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0))

/** The mean loss, in float64. */
function lossOf(scores: number[][][], transitions: (from: number, to: number) => number): number {
  const losses = scores.map((rows, sample) => {
    const path = y.data.subarray(sample * time, (sample + 1) * time)
    let all = rows[0] as number[]
    let taken = rows[0]?.[path[0] as number] as number
    for (let t = 1; t < time; t++) {
      const row = rows[t] as number[]
      const before = all
      all = row.map(
        (score, to) => score + logSumExp(before.map((value, from) => value + transitions(from, to))),
      )
      taken += (row[path[t] as number] as number) + transitions(path[t - 1] as number, path[t] as number)
    }
    return logSumExp(all) - taken
  })
  return losses.reduce((a, b) => a + b) / losses.length
}

onEachBackend(() => {
  test('each of their weights is there once, trained, and part of the loss', async () => {
    const { model } = make()
    await model.fit(x, y, { ...quiet, epochs: 2 })
    expect(model.weights.map(({ path }) => path.split('/').at(-1))).toEqual(['kernel', 'bias', 'transitions'])
    const { data } = (await model.getWeights())[2]!
    const scores = (await model.predict(x)).toArray() as number[][][]
    const expected = lossOf(scores, (from, to) => data[from * labels + to] as number)
    expect(await model.evaluate(x, y, quiet)).toBeCloseTo(expected, 4)
    const before = [...data]
    await model.fit(x, y, { ...quiet, epochs: 1 })
    expect([...(await model.getWeights())[2]!.data]).not.toEqual(before)
  })
})

test('flags, files, clones, pictures and listings end, too', async () => {
  const { field, model } = make()
  field.trainable = false
  expect(field.ways.trainable).toBe(false)
  expect(model.trainableWeights).toHaveLength(2)
  field.trainable = true
  expect(model.trainableWeights).toHaveLength(3)

  const weights = async (of: Pick<typeof model, 'getWeights'>) =>
    (await of.getWeights()).map(({ data }) => [...data])
  const expected = await weights(model)
  const loaded = await loadModel(await model.save(null, { compile: false }))
  expect(await weights(loaded)).toEqual(expected)
  const clone = await cloneModel(model)
  await clone.loadWeights(await model.saveWeights())
  expect(await weights(clone)).toEqual(expected)
  expect(await plotModel(model)).toContain('Field')
  expect(await toTypeScript(loaded)).toContain('Field')
})
