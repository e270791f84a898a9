// Losses, metrics and optimizers of other libraries' tests.

import { isJsonObject, type JsonObject } from '../../src/formats/config/json.ts'
import {
  Input,
  Layer,
  Loss,
  losses,
  Model,
  metrics,
  ops,
  optimizers,
  type SymbolicTensor,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { type Shape, sizeOf } from '../../src/util/shape.ts'
import { type LossCase, type MetricCase, type Numbers, type OptimizerCase, tensorOf } from './cases.ts'
import { compareOutput, type Found, Missing, type Outcome } from './outcome.ts'
import { WithMask } from './ownLayers.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/** The maker of a class in a namespace of the package. */
export function makerOf(namespace: object, className: string): (options: JsonObject) => unknown {
  const make = (namespace as Record<string, unknown>)[className]
  if (typeof make !== 'function') throw new Missing(`there is no ${className}`)
  return make as (options: JsonObject) => unknown
}

/** A number, or a tensor. */
export const foundOf = (value: unknown): Found =>
  typeof value === 'number'
    ? { data: [value], shape: [] }
    : Array.isArray(value)
      ? { data: value as number[], shape: [value.length] }
      : (value as Found)

const given = (numbers: Numbers | null) =>
  numbers && (numbers.shape.length === 0 ? numbers.data[0] : tensorOf(numbers))

/** The loss of Keras's tests of losses. */
class ExampleLoss extends Loss {
  static readonly of = (options: JsonObject) => new ExampleLoss(options)
  override call(yTrue: SymbolicTensor, yPred: SymbolicTensor) {
    return ops.square(ops.subtract(yTrue, yPred))
  }
}

/** The loss of predictions that come with a mask, as a model evaluates it. */
async function maskedLoss(loss: unknown, { yTrue, yPred, sampleWeight, mask }: LossCase): Promise<unknown> {
  const data = [yPred, mask] as [Numbers, Numbers]
  const inputs = data.map(({ shape }) => Input({ batchShape: shape }))
  const model = Model(inputs, new WithMask()(inputs) as SymbolicTensor)
  model.compile({ loss: loss as never })
  const weights = sampleWeight ? { sampleWeight: tensorOf(sampleWeight) } : {}
  return model.evaluate(data.map(tensorOf), tensorOf(yTrue as Numbers), { verbose: 0, ...weights })
}

export async function runLoss(test: LossCase): Promise<Outcome[]> {
  const { yTrue, yPred, sampleWeight } = test
  if (!yTrue || !yPred) throw new Missing('the arguments were not recorded')
  const maker = test.className === 'ExampleLoss' ? ExampleLoss.of : makerOf(losses, test.className)
  if (test.mask) return [compareOutput(foundOf(await maskedLoss(maker(test.options), test)), test.expect)]
  const loss = maker(test.options) as unknown as Call
  const found = await loss(given(yTrue), given(yPred), given(sampleWeight))
  return [compareOutput(foundOf(found), test.expect)]
}

export async function runMetric(test: MetricCase): Promise<Outcome[]> {
  const metric = makerOf(metrics, test.className)(test.options) as { updateState: Call; result: Call }
  if (test.updates.length === 0) throw new Missing('the updates were not recorded')
  for (const { yTrue, yPred, sampleWeight } of test.updates) {
    if (!yTrue) throw new Missing('the arguments were not recorded')
    await metric.updateState(given(yTrue), ...(yPred ? [given(yPred)] : []), {
      sampleWeight: given(sampleWeight),
    })
  }
  return [compareOutput(foundOf(await metric.result()), test.expect)]
}

/** A weight of a shape, times what comes in: where a loss sums that, the weight's gradient is what comes in. */
class Variable extends Layer {
  value!: Weight
  constructor(readonly size: Shape) {
    super()
  }
  override build() {
    this.value = this.addWeight({ name: 'value', shape: this.size, initializer: 'zeros' })
  }
  override call(x: SymbolicTensor) {
    return ops.multiply(x, ops.reshape(this.value, [1, sizeOf(this.size)]))
  }
}

export async function runOptimizer(test: OptimizerCase): Promise<Outcome[]> {
  const { start, steps, variable } = test
  if (start.some((numbers) => !numbers?.data)) throw new Missing('the variables were not recorded')
  const rate = test.options.learningRate
  // A learning rate that is a function; the recording has what it returns.
  const learningRate = isJsonObject(rate) && 'function' in rate ? { learningRate: () => rate.function } : {}
  const options = { ...test.options, ...learningRate } as JsonObject
  const optimizer = makerOf(optimizers, test.className)(options)
  const inputs = start.map(({ shape }) => Input([sizeOf(shape)]))
  const outputs = start.map(
    ({ shape }, i) => new Variable(shape)(inputs[i] as SymbolicTensor) as SymbolicTensor,
  )
  const model = Model(inputs, outputs)
  const sum = (_yTrue: SymbolicTensor, yPred: SymbolicTensor) => ops.sum(yPred, -1)
  // A variable without gradients is one of an output without loss.
  const loss = start.map((_, i) => (steps.every((gradients) => gradients[i] === null) ? null : sum))
  model.compile({ optimizer: optimizer as never, loss })
  model.setWeights(start.map(tensorOf))
  // Gradients that are recorded are those of the scaled loss.
  const scale = Number(test.options.lossScaleFactor ?? 1)
  for (const gradients of steps) {
    const data = start.map(({ shape }, i) => {
      const size = sizeOf(shape)
      const gradient = loss[i] === null ? { data: [0] } : gradients[i]
      if (!gradient?.data) throw new Missing('the gradients were not recorded')
      const { data } = gradient
      return tensor(
        Float32Array.from(
          { length: size },
          (_, k) => ((data.length === 1 ? data[0] : data[k]) as number) / scale,
        ),
        [1, size],
      )
    })
    await model.trainOnBatch(data, data)
  }
  return [compareOutput((await model.getWeights())[variable], test.expect)]
}
