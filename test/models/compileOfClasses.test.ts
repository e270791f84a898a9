/** Classes whose `compile` and steps are written as in Keras's guides: options of their own, losses by name, draws of the step. */
import { expect, test } from 'vitest'
import {
  Adam,
  type CompileOptions,
  Dense,
  gradients,
  Input,
  losses,
  Model,
  ops,
  random,
  Sequential,
  type SymbolicTensor,
  setSeed,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([6, 3], -1, 1, 1), uniform([6, 1], -1, 1, 2)]
const fitting = { ...quiet, epochs: 2, batchSize: 3 } as const

type OwnLoss = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** A model that is built by its first data, so that it is compiled before. */
class Own extends Model {
  readonly dense = Dense(1, { kernelInitializer: 'ones' })
  ownLoss?: OwnLoss
  override compile({ ownLoss, ...options }: CompileOptions & { readonly ownLoss?: OwnLoss }) {
    super.compile(options)
    if (ownLoss) this.ownLoss = ownLoss
    else delete this.ownLoss
  }
  override call(x: SymbolicTensor) {
    return this.dense(x)
  }
  override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
    const yPred = this.call(x)
    const loss = this.ownLoss ? ops.mean(this.ownLoss(y, yPred)) : this.computeLoss({ y, yPred })
    this.optimizer?.apply(gradients(loss, this.trainableWeights), this.trainableWeights)
    return { loss }
  }
}

onEachBackend(() => {
  test('options that a compile takes stay where the graph is made, and losses are computed by name', async () => {
    const plain = Sequential([Input([3]), Dense(1, { kernelInitializer: 'ones' })])
    plain.compile({ optimizer: Adam(0.1), loss: 'mse' })
    await plain.fit(x, y, { ...fitting, shuffle: false })
    const expected = await weightsOf(plain)
    for (const options of [{ ownLoss: losses.meanSquaredError as OwnLoss }, { loss: 'mse' as const }]) {
      const model = new Own()
      model.compile({ optimizer: Adam(0.1), ...options })
      await model.fit(x, y, { ...fitting, shuffle: false })
      const found = await weightsOf(model)
      found.forEach((weight, i) => {
        expect(weight).toBeCloseTo(expected[i] ?? Number.NaN, 5)
      })
      model.dispose()
    }
  })
})

test('draws of a step are the same on both backends, and others in each step', async () => {
  class Noisy extends Model {
    readonly dense = Dense(2, { kernelInitializer: 'ones' })
    override call(x: SymbolicTensor) {
      return this.dense(x)
    }
    override trainStep(x: SymbolicTensor) {
      const drawn = random.uniform([3, 3])
      const loss = ops.mean(ops.square(this.call(ops.add(x, drawn))))
      this.optimizer?.minimize(loss, this.trainableWeights)
      return { loss, drawn: ops.mean(drawn) }
    }
  }
  const histories: (readonly number[])[] = []
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    setSeed(7)
    const model = new Noisy()
    model.compile({ optimizer: 'sgd' })
    const { history } = await model.fit(x, null, { ...fitting, epochs: 3 })
    histories.push(history.drawn as readonly number[])
    model.dispose()
  }
  const [cpu = [], gpu = []] = histories
  expect(new Set(cpu).size).toBe(3)
  cpu.forEach((mean, i) => {
    expect(gpu[i]).toBeCloseTo(mean, 6)
  })
})

test('a name that is no argument of computeLoss is refused', async () => {
  class Misspelled extends Own {
    override trainStep([, y]: readonly [SymbolicTensor, SymbolicTensor]) {
      return { loss: this.computeLoss({ y, ypred: y } as never) }
    }
  }
  await chooseBackend('cpu')
  const model = new Misspelled()
  model.compile({ loss: 'mse' })
  await expect(model.fit(x, y, fitting)).rejects.toThrow(
    "computeLoss: expected only the options x, y, yPred, sampleWeight, training, got 'ypred'. Did you mean 'yPred'?",
  )
})
