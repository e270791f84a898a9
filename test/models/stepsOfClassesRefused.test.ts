/** What steps of classes go on from, and what they are refused for. */
import { beforeAll, expect, test } from 'vitest'
import {
  Adam,
  Dense,
  gradients,
  Input,
  LossScaleOptimizer,
  losses,
  Model,
  metrics,
  ops,
  random,
  Sequential,
  SGD,
  type SymbolicTensor,
  setBackend,
  setSeed,
} from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { Distiller, Gan, noise, Vae, waves } from '../support/steppedModels.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

const x = waves(5, 2)

/** Learns numbers against noise that each step draws. */
class Noisy extends Model {
  readonly net = Sequential([Input([2]), Dense(2, { kernelInitializer: 'ones' })])
  override call(x: SymbolicTensor) {
    return this.net(x)
  }
  override trainStep(x: SymbolicTensor) {
    const drawn = random.normal([x.shape[0] ?? 0, 2])
    const loss = ops.mean(ops.square(ops.subtract(this.net(ops.add(x, drawn)), x)))
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { loss, drawn: ops.mean(drawn) }
  }
  override testStep(x: SymbolicTensor) {
    return { loss: ops.mean(ops.abs(this.net(x))) }
  }
}

test('steps draw anew, and go on where a fit ended', async () => {
  const run = async (epochs: readonly number[]) => {
    setSeed(3)
    const model = new Noisy()
    model.compile({ optimizer: Adam({ learningRate: 0.1 }) })
    const drawn: number[] = []
    let initialEpoch = 0
    for (const end of epochs) {
      const { history } = await model.fit(x, null, { ...quiet, epochs: end, initialEpoch, shuffle: false })
      drawn.push(...(history.drawn ?? []))
      initialEpoch = end
    }
    expect(model.optimizer?.iterations).toBe(4)
    return { drawn, weights: await weightsOf(model) }
  }
  const whole = await run([4])
  expect(new Set(whole.drawn).size).toBe(4)
  expect(await run([1, 2, 4])).toEqual(whole)
})

test('evaluation and validation take the class for what they tell', async () => {
  const model = new Noisy()
  model.compile({ optimizer: 'sgd' })
  const { history } = await model.fit(x, null, { ...quiet, validationData: [x, null] })
  expect(Object.keys(history)).toEqual(['drawn', 'loss', 'val_loss'])
  expect(await model.evaluate(x, null, quiet)).toBeCloseTo(history.val_loss?.[0] ?? 0, 6)
  expect(await model.testOnBatch(x, null, { returnDict: true })).toEqual({ loss: expect.any(Number) })
  expect(Object.keys(await model.trainOnBatch(x, null, { returnDict: true }))).toEqual(['drawn', 'loss'])
  model.dispose()
})

test('a file has the state of the optimizer of compile', async () => {
  const make = () => {
    const vae = new Vae()
    vae.build([null, 4])
    vae.compile({ optimizer: Adam({ learningRate: 0.125 }) })
    return vae
  }
  const batch = waves(3, 4)
  const first = make()
  await first.trainOnBatch(batch)
  const file = await first.saveWeights()
  const second = make()
  await second.loadWeights(file)
  expect(await second.trainOnBatch(batch)).toEqual(await first.trainOnBatch(batch))
  expect(await weightsOf(second)).toEqual(await weightsOf(first))
  expect(second.optimizer?.iterations).toBe(2)
})

test('an optimizer may be applied several times in a step, as for a critic', async () => {
  class Critic extends Model {
    readonly net = Sequential([Input([2]), Dense(1, { kernelInitializer: 'ones' })])
    readonly twice = SGD({ learningRate: 0.1, momentum: 0.5 })
    constructor(readonly times: number) {
      super()
    }
    override trainStep(x: SymbolicTensor) {
      const losses = Array.from({ length: this.times }, () => {
        const loss = ops.mean(ops.square(this.net(x)))
        this.twice.minimize(loss, this.trainableWeights)
        return loss
      })
      return { loss: losses.at(-1) as SymbolicTensor }
    }
  }
  const [once, thrice] = [new Critic(1), new Critic(3)]
  for (const model of [once, thrice]) model.compile({})
  for (let i = 0; i < 6; i++) await once.trainOnBatch(x)
  for (let i = 0; i < 2; i++) await thrice.trainOnBatch(x)
  expect(await weightsOf(thrice.net)).toEqual(await weightsOf(once.net))
  expect([once.twice.iterations, thrice.twice.iterations]).toEqual([6, 6])
})

test('weights of samples and classes reach a step whose model has no loss', async () => {
  class Weighing extends Model {
    readonly net = Sequential([Input([2]), Dense(1, { kernelInitializer: 'ones' })])
    override call(x: SymbolicTensor) {
      return this.net(x)
    }
    override trainStep([x, y, weights]: readonly SymbolicTensor[]) {
      const all = [x, y, weights] as [SymbolicTensor, SymbolicTensor, SymbolicTensor]
      const errors = ops.mean(ops.square(ops.subtract(this.net(all[0]), all[1])), -1)
      const loss = ops.mean(ops.multiply(errors, all[2]))
      this.optimizer?.minimize(loss, this.trainableWeights)
      return { loss }
    }
  }
  const y = [[0], [1], [1], [0], [1]]
  for (const given of [{ sampleWeight: [1, 2, 2, 1, 2] }, { classWeight: { 1: 2 } }]) {
    const [own, known] = [new Weighing(), Sequential([Input([2]), Dense(1, { kernelInitializer: 'ones' })])]
    own.compile({ optimizer: SGD(0.1) })
    known.compile({ optimizer: SGD(0.1), loss: 'mse' })
    const histories = []
    for (const model of [own, known]) histories.push(await model.fit(x, y, { ...quiet, epochs: 2, ...given }))
    const [found, expected] = histories.map(({ history }) => history.loss ?? [])
    expect(found?.[1]).toBeCloseTo(expected?.[1] ?? Number.NaN, 5)
  }
})

type Step = (model: Parts, x: SymbolicTensor) => unknown

class Parts extends Model {
  readonly a = Sequential([Input([2]), Dense(2)])
  readonly b = Sequential([Input([2]), Dense(2)])
  readonly mean = metrics.Mean()
  readonly other = SGD()
  step: Step = () => ({})
  override trainStep(x: SymbolicTensor) {
    return this.step(this, x) as never
  }
}

const lossOf = (model: Parts, x: SymbolicTensor) => ops.mean(ops.square(model.b(model.a(x))))

test.each<[what: string, step: Step, message: string]>([
  ['no update', (m, x) => ({ loss: lossOf(m, x) }), 'expected an update of weights, got none'],
  ['no numbers', () => undefined, 'expected to return numbers by name, { loss }, got undefined'],
  [
    'a loss of rows',
    (m, x) => {
      m.optimizer?.minimize(lossOf(m, x), m.trainableWeights)
      return { loss: m.a(x) }
    },
    'expected a number for loss, [], or what result() of a metric returns, got [5, 2]',
  ],
  [
    'a gradient that does not exist in what it computes',
    (m, x) => {
      const found = gradients(ops.mean(m.a(x)), m.trainableWeights)
      m.optimizer?.apply(
        found.map((gradient) => ops.multiply(gradient, 2)),
        m.trainableWeights,
      )
      return { loss: lossOf(m, x) }
    },
    'expected a loss that depends on all of the weights whose gradients the step computes with, got one that "sequential',
  ],
  [
    'no gradient at all',
    (m, x) => {
      m.optimizer?.minimize(ops.mean(m.a(x)), m.b.trainableWeights)
      return { loss: lossOf(m, x) }
    },
    'expected a loss that depends on some of the weights, got gradients for none of them',
  ],
  [
    'gradients by a tensor that the loss does not depend on',
    (m, x) => {
      const [slope] = gradients(lossOf(m, x), [ops.multiply(x, 2)])
      m.optimizer?.minimize(ops.mean(slope as SymbolicTensor), m.a.trainableWeights)
      return { loss: lossOf(m, x) }
    },
    'trainStep, gradients: expected tensors that the loss is computed of, got one of [5, 2] that it does not depend on: the output of Multiply',
  ],
  [
    'gradients by a tensor that is in no list',
    (m, x) => {
      gradients(lossOf(m, x), x as unknown as [])
      return { loss: lossOf(m, x) }
    },
    'gradients: expected a list of weights or tensors, such as this.trainableWeights or [x], got',
  ],
  [
    'one optimizer for two lists',
    (m, x) => {
      m.other.minimize(lossOf(m, x), m.a.trainableWeights)
      m.other.minimize(lossOf(m, x), m.b.trainableWeights)
      return { loss: lossOf(m, x) }
    },
    'expected the same weights each time that a step applies an optimizer',
  ],
  [
    'gradients behind an update of what they read',
    (m, x) => {
      const loss = lossOf(m, x)
      m.optimizer?.minimize(loss, m.b.trainableWeights)
      m.other.minimize(loss, m.a.trainableWeights)
      return { loss }
    },
    'as it was to be read before it is updated',
  ],
  [
    'a metric without update',
    (m, x) => {
      m.optimizer?.minimize(lossOf(m, x), m.trainableWeights)
      return { loss: m.mean.result() }
    },
    'expected metrics that the step has updated',
  ],
  [
    'gradients of other shapes',
    (m, x) => {
      m.optimizer?.apply(gradients(lossOf(m, x), m.a.trainableWeights).reverse(), m.a.trainableWeights)
      return { loss: lossOf(m, x) }
    },
    'expected gradients of the shapes of 2 weights, got [2] for',
  ],
])('%s is refused', async (_what, step, message) => {
  const model = new Parts()
  model.step = step
  model.compile({ optimizer: 'adam' })
  const before = await weightsOf(model.a)
  await expect(model.fit(x, null, quiet)).rejects.toThrow(message)
  expect(await weightsOf(model.a)).toEqual(before)
})

test('data that a step takes apart as what they are not, and options in the place of targets, are told', async () => {
  const model = new Parts()
  model.step = (_m, given) => {
    const [first] = given as unknown as readonly SymbolicTensor[]
    return { loss: first }
  }
  model.compile({})
  await expect(model.fit(x, null, quiet)).rejects.toThrow(
    'trainStep: expected data as x by itself, since there are neither targets nor weights, got TypeError: ',
  )
  await expect(model.fit(x, null, quiet)).rejects.toThrow('Write trainStep(x), or give targets.')
  await expect(model.fit(x, { epochs: 2, nonsense: 1 } as never)).rejects.toThrow(
    'Options come last: fit(x, null, { epochs }).',
  )
})

test('what a step means nothing to is refused', async () => {
  const model = new Gan(SGD(), SGD())
  model.compile({ optimizer: LossScaleOptimizer(SGD()) })
  await model.fit(x, noise, quiet)
  expect(() => model.plan()).toThrow('training: false for a model whose class')
  expect((await model.profile(x, noise, { repeats: 1 })).operations.length).toBeGreaterThan(0)
  await expect(model.gradients(x, noise)).rejects.toThrow('a step of its own')
  await expect(model.predict(x)).rejects.toThrow('the class Gan to have a method call')
  await expect(model.evaluate(x, noise, quiet)).rejects.toThrow('to have a method call')
  expect(() => gradients(null as never, [])).toThrow(
    'gradients: expected to be called in the method trainStep',
  )
  const without = new Distiller()
  without.compile({ optimizer: 'sgd', loss: losses.SparseCategoricalCrossentropy({ fromLogits: true }) })
  await expect(without.fit(x, null, quiet)).rejects.toThrow(
    'computeLoss: expected targets for the loss of "distiller", got none',
  )
})
