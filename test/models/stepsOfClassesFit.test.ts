/** What trains a model trains one whose class says its step, too: where that does what the usual step does, all numbers are the same. */
import { expect, test } from 'vitest'
import { Dataset } from '../../src/data.ts'
import {
  Adam,
  callbacks,
  Dense,
  ExponentialDecay,
  type LayersModel,
  Model,
  type Optimizer,
  SGD,
  type SymbolicTensor,
  type Tensor,
} from '../../src/index.ts'
import { chooseBackend, onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

class Usual extends Model {
  readonly hidden = Dense(3, { activation: 'tanh' })
  readonly top = Dense(1)

  override call(x: SymbolicTensor) {
    return this.top(this.hidden(x))
  }
}

class Stepped extends Usual {
  override trainStep([x, y, sampleWeight]: readonly [SymbolicTensor, SymbolicTensor, SymbolicTensor | null]) {
    const yPred = this.call(x)
    const loss = this.computeLoss({ x, y, yPred, sampleWeight })
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { ...this.computeMetrics(x, y, yPred, sampleWeight), loss }
  }
}

const [x, y] = [waves(8, 2), waves(8, 1)]
const usual = { ...quiet, batchSize: 4, epochs: 2, shuffle: false } as const
const averaged = { learningRate: 0.1, useEma: true, emaMomentum: 0.5 }
const validated = { ...usual, validationData: [x, y] as [Tensor, Tensor] }

type Trial = (model: LayersModel & { hidden: { trainable: boolean } }) => Promise<unknown>

/** What is done with either model, after it was compiled with an optimizer. */
const trials: readonly (readonly [name: string, optimizer: () => Optimizer, run: Trial])[] = [
  ['arrays', () => SGD(0.1), async (model) => (await model.fit(x, y, usual)).history],
  [
    'weights of samples',
    () => SGD(0.1),
    async (model) => {
      const sampleWeight = [1, 0.5, 2, 1, 0.25, 1, 3, 1]
      return (await model.fit(x, y, { ...validated, sampleWeight })).history
    },
  ],
  [
    'a Dataset',
    () => SGD(0.1),
    async (model) => {
      const batches = Dataset.fromTensorSlices([x, y]).batch(4)
      return (await model.fit(batches, { ...quiet, epochs: 2 })).history
    },
  ],
  [
    'a stream and steps of an epoch',
    () => SGD(0.1),
    async (model) => {
      async function* batches() {
        for (;;) yield [waves(4, 2), waves(4, 1)] as const
      }
      return (await model.fit(batches(), { ...quiet, epochs: 2, stepsPerEpoch: 3 })).history
    },
  ],
  [
    'epochs that go on',
    () => Adam(0.1),
    async (model) => {
      await model.fit(x, y, { ...usual, epochs: 1 })
      const { history, epoch } = await model.fit(x, y, { ...usual, epochs: 3, initialEpoch: 1 })
      return [history, epoch]
    },
  ],
  ['averaged weights', () => Adam(averaged), async (model) => (await model.fit(x, y, validated)).history],
  [
    'averages that overwrite',
    () => Adam({ ...averaged, emaOverwriteFrequency: 2 }),
    async (model) => (await model.fit(x, y, usual)).history,
  ],
  [
    'SwapEMAWeights',
    () => Adam(averaged),
    async (model) => {
      const swapping = callbacks.SwapEMAWeights({ swapOnEpoch: true })
      return (await model.fit(x, y, { ...validated, callbacks: [swapping] })).history
    },
  ],
  [
    'LearningRateScheduler',
    () => SGD(0.1),
    async (model) => {
      const halving = callbacks.LearningRateScheduler((_epoch, rate) => rate / 2)
      return (await model.fit(x, y, { ...usual, epochs: 3, callbacks: [halving] })).history
    },
  ],
  [
    'ReduceLROnPlateau',
    () => SGD(0.1),
    async (model) => {
      const reducing = callbacks.ReduceLROnPlateau({
        monitor: 'loss',
        patience: 0,
        minDelta: 10,
        factor: 0.5,
      })
      return (await model.fit(x, y, { ...usual, epochs: 4, callbacks: [reducing] })).history
    },
  ],
  [
    'EarlyStopping',
    () => SGD(0.1),
    async (model) => {
      const stopping = callbacks.EarlyStopping({ patience: 1, minDelta: 10, restoreBestWeights: true })
      const { history, epoch } = await model.fit(x, y, { ...validated, epochs: 6, callbacks: [stopping] })
      return [history, epoch]
    },
  ],
  [
    'a schedule',
    () => SGD(ExponentialDecay(0.1, 1, 0.5)),
    async (model) => (await model.fit(x, y, usual)).history,
  ],
  [
    'gradients of several steps',
    () => Adam({ learningRate: 0.1, gradientAccumulationSteps: 2 }),
    async (model) => (await model.fit(x, y, { ...usual, batchSize: 2 })).history,
  ],
  [
    'a norm of all gradients',
    () => Adam({ learningRate: 0.1, globalClipnorm: 0.1 }),
    async (model) => (await model.fit(x, y, usual)).history,
  ],
  [
    'weights that decay',
    () => Adam({ learningRate: 0.1, weightDecay: 0.1 }),
    async (model) => (await model.fit(x, y, usual)).history,
  ],
  [
    'an AbortSignal',
    () => SGD(0.1),
    async (model) => {
      const { signal, abort } = controller()
      const ending = { onEpochEnd: (epoch: number) => (epoch === 2 ? abort() : undefined) }
      const error: unknown = await model
        .fit(x, y, { ...usual, epochs: 50, signal, callbacks: [ending] })
        .catch((e) => e)
      return [(error as Error).name, (await model.fit(x, y, usual)).history]
    },
  ],
  [
    'stopTraining',
    () => SGD(0.1),
    async (model) => {
      const ending = {
        onBatchEnd(batch: number) {
          if (batch === 1) model.stopTraining = true
        },
      }
      return (await model.fit(x, y, { ...usual, epochs: 50, callbacks: [ending] })).history
    },
  ],
  [
    'single batches',
    () => Adam(0.1),
    async (model) => [
      await model.trainOnBatch(x, y),
      await model.trainOnBatch(x, y, { returnDict: true }),
      await model.testOnBatch(x, y),
    ],
  ],
  [
    'another backend',
    () => Adam(0.1),
    async (model) => {
      await model.fit(x, y, usual)
      await chooseBackend('cpu')
      return (await model.fit(x, y, usual)).history
    },
  ],
  [
    'an optimizer that begins again',
    () => Adam(0.1),
    async (model) => {
      await model.fit(x, y, usual)
      model.resetOptimizer()
      return (await model.fit(x, y, usual)).history
    },
  ],
  [
    'another compile',
    () => Adam(0.1),
    async (model) => {
      await model.fit(x, y, usual)
      model.hidden.trainable = false
      model.compile({ optimizer: SGD(0.1), loss: 'mse' })
      return (await model.fit(x, y, usual)).history
    },
  ],
]

function controller() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

async function runOn(model: InstanceType<typeof Usual>, optimizer: Optimizer, run: Trial): Promise<unknown> {
  model.compile({ optimizer, loss: 'mse', metrics: ['mae'] })
  await model.predict(x)
  fill(model, 1)
  const found = await run(model)
  const { iterations, learningRate } = model.optimizer ?? optimizer
  const all = [found, await weightsOf(model), iterations, learningRate]
  model.dispose()
  return JSON.parse(JSON.stringify(all))
}

/** The same value, where numbers are so close as sums in another order are. */
function close(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 4)
  if (Array.isArray(value)) return value.map(close)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, close(each)]))
}

onCpuFirst((backend) => {
  test.each(trials)('%s', async (_name, optimizer, run) => {
    const expected = await runOn(new Usual(), optimizer(), run)
    await chooseBackend(backend)
    const found = await runOn(new Stepped(), optimizer(), run)
    await chooseBackend(backend)
    expect(found).toEqual(close(expected))
  })
})
