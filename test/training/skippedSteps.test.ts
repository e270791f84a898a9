/** Steps that a loss scale skips: as in Keras nothing counts them, neither schedules, nor `iterations`, nor the optimizer's files. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  Dense,
  ExponentialDecay,
  type LayersModel,
  LossScaleOptimizer,
  loadModel,
  type Optimizer,
  optimizers,
  Sequential,
  SGD,
  setSeed,
  tensor,
} from '../../src/node.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const x = uniform([4, 3], -1, 1, 1)
/** So far away that the first gradients times 2¹²⁶ are infinite. */
const y = tensor(new Float32Array(4).fill(300), [4, 1])
const UPDATES = 9

const schedule = () => ExponentialDecay(0.05, 2, 0.5)
const { Adafactor, Adamax, Ftrl, Lamb, Lion, Muon, Nadam, RMSprop } = optimizers
const given = { learningRate: schedule() }
const makers: Readonly<Record<string, () => Optimizer>> = {
  SGD: () => SGD({ learningRate: ExponentialDecay(1e-3, 2, 0.5), momentum: 0.5 }),
  Adam: () => Adam(given),
  'Adam with everything': () =>
    Adam({ ...given, weightDecay: 0.1, clipnorm: 0.5, useEma: true, gradientAccumulationSteps: 2 }),
  RMSprop: () => RMSprop(given),
  Adamax: () => Adamax(given),
  Nadam: () => Nadam(given),
  Ftrl: () => Ftrl(given),
  Lion: () => Lion(given),
  Lamb: () => Lamb(given),
  Adafactor: () => Adafactor(given),
  Muon: () => Muon({ ...given, weightDecay: 0.1 }),
}

function build(optimizer: Optimizer): LayersModel {
  setSeed(3)
  const model = Sequential([Dense(2, { inputShape: [3], activation: 'tanh' }), Dense(1)])
  model.compile({ optimizer, loss: 'mse' })
  return model
}

async function weightsOf(model: LayersModel): Promise<number[]> {
  return (await model.getWeights()).flatMap(({ data }) => [...data])
}

describe.each(['cpu', 'webgpu'] as const)('%s', (backend) => {
  beforeAll(() => chooseBackend(backend))

  test.each(Object.entries(makers))('%s', async (_, make) => {
    const optimizer = LossScaleOptimizer(make(), { initialScale: 2 ** 126 })
    const scaled = build(optimizer)
    let skipped = 0
    while (skipped === 0 || (await optimizer.readState()).iterations === 0) {
      await scaled.trainOnBatch(x, y)
      skipped++
    }
    skipped--
    expect(skipped).toBeGreaterThan(2)
    await scaled.fit(x, y, { ...quiet, epochs: UPDATES - 1, batchSize: 4 })
    const plain = build(make())
    await plain.fit(x, y, { ...quiet, epochs: UPDATES, batchSize: 4 })
    expectClose('weights', await weightsOf(scaled), await weightsOf(plain), 1e-5)
    for (const each of [optimizer, optimizer.innerOptimizer]) {
      expect(each.iterations).toBe(plain.optimizer?.iterations)
      expect(each.learningRate).toBe(plain.optimizer?.learningRate)
    }
    const loaded = await loadModel(await scaled.save())
    expect(loaded.optimizer?.iterations).toBe(plain.optimizer?.iterations)
    for (const model of [plain, scaled, loaded]) await model.fit(x, y, { ...quiet, epochs: 2, batchSize: 4 })
    for (const model of [scaled, loaded])
      expectClose('weights later', await weightsOf(model), await weightsOf(plain), 1e-5)
    for (const model of [plain, scaled, loaded]) model.dispose()
  })
})
