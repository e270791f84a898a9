/** Steps that set weights themselves: averages of others, and bounds behind an update. */
import { expect, test } from 'vitest'
import {
  BatchNormalization,
  cloneModel,
  Dense,
  gradients,
  Input,
  type LayersModel,
  Model,
  ops,
  Sequential,
  SGD,
  type SymbolicTensor,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { waves } from '../support/steppedModels.ts'

const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const
type Net = ReturnType<typeof Sequential>
const net = (): Net => Sequential([Input([2]), Dense(3, { activation: 'tanh' }), Dense(1)])

/** A net, and an average of what it was behind each update. */
class Averaged extends Model {
  constructor(
    readonly net: Net,
    readonly average: LayersModel,
  ) {
    super()
  }

  override call(x: SymbolicTensor) {
    return this.net(x)
  }

  override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
    const loss = ops.mean(ops.square(ops.subtract(this.net(x, { training: true }), y)))
    this.optimizer?.minimize(loss, this.net.trainableWeights)
    for (const [i, weight] of this.net.weights.entries()) {
      const average = this.average.weights[i]
      if (average) this.assign(average, ops.add(ops.multiply(0.9, average), ops.multiply(0.1, weight)))
    }
    return { loss }
  }
}

onCpuFirst(() => {
  test.each([true, false])('a copy follows as an average, trainable %s', async (isTrainable) => {
    setSeed(4)
    const normalized = (): Net =>
      Sequential([Input([2]), Dense(3, { activation: 'tanh' }), BatchNormalization(), Dense(1)])
    const first = normalized()
    const model = new Averaged(first, await cloneModel(first))
    // Both have the same paths.
    expect(model.average.weights.map(({ path }) => path)).toEqual(first.weights.map(({ path }) => path))
    model.average.trainable = isTrainable
    model.compile({ optimizer: SGD({ learningRate: 0.3 }) })
    let expected = await weightsOf(model.average as never)
    const [x, y] = [waves(3, 2), waves(3, 1)]
    for (let step = 0; step < 3; step++) {
      await model.trainOnBatch(x, y)
      const now = await weightsOf(first)
      expected = expected.map((value, i) => Math.fround(0.9 * value + 0.1 * (now[i] ?? 0)))
      const found = await weightsOf(model.average as never)
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 6)
    }
    // What a copy predicts are its own weights, also of a fit, whose steps follow each other on the device.
    await model.fit(x, y, fitting)
    const alone = normalized()
    alone.setWeights(await model.average.getWeights())
    expect((await model.average.predict<Tensor>(x)).data).toEqual((await alone.predict<Tensor>(x)).data)
    expect(await weightsOf(model.average as never)).not.toEqual(expected)
    model.dispose()
  })

  test('weights are held within bounds behind their update', async () => {
    class Bounded extends Model {
      readonly net = net()
      override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
        const loss = ops.mean(ops.square(ops.subtract(this.net(x), y)))
        const weights = this.net.trainableWeights
        this.optimizer?.apply(gradients(loss, weights), weights)
        for (const weight of weights) this.assign(weight, ops.clip(weight, -0.2, 0.2))
        return { loss }
      }
    }
    setSeed(4)
    const model = new Bounded()
    const plain = net()
    plain.setWeights(await model.net.getWeights())
    plain.compile({ optimizer: SGD({ learningRate: 0.3 }), loss: 'mse' })
    model.compile({ optimizer: SGD({ learningRate: 0.3 }) })
    const [x, y] = [waves(3, 2), waves(3, 1)]
    for (let step = 0; step < 2; step++) {
      await model.trainOnBatch(x, y)
      await plain.trainOnBatch(x, y)
      const bounded = (await plain.getWeights()).map((weight) =>
        weight.data.map((value) => Math.min(Math.max(value, Math.fround(-0.2)), Math.fround(0.2))),
      )
      expect(
        bounded.flatMap((data) => [...data]).filter((value) => Math.abs(value) > 0.19).length,
      ).toBeGreaterThan(2)
      const found = await weightsOf(model.net)
      for (const [i, value] of bounded.flatMap((data) => [...data]).entries())
        expect(found[i]).toBeCloseTo(value, 6)
      plain.setWeights(await model.net.getWeights())
    }
    model.dispose()
  })

  test('weights that read each other are set to what both were before', async () => {
    class Swapping extends Model {
      readonly a = Sequential([Input([2]), Dense(2)])
      readonly b = Sequential([Input([2]), Dense(2)])
      override trainStep(x: SymbolicTensor) {
        const loss = ops.add(ops.mean(this.a(x)), ops.mean(this.b(x)))
        this.optimizer?.minimize(ops.multiply(loss, 0), this.a.trainableWeights)
        const [a, b] = [this.a.weights[0], this.b.weights[0]]
        if (a && b) {
          const before = ops.multiply(a, 1)
          this.assign(a, b)
          this.assign(b, before)
        }
        return { loss }
      }
    }
    setSeed(4)
    const model = new Swapping()
    model.compile({ optimizer: SGD({ learningRate: 0.3 }) })
    const x = waves(3, 2)
    await model.trainOnBatch(x, null)
    const [a, b] = [await model.a.getWeights(), await model.b.getWeights()]
    await model.trainOnBatch(x, null)
    expect((await model.a.getWeights())[0]?.data).toEqual(b[0]?.data)
    expect((await model.b.getWeights())[0]?.data).toEqual(a[0]?.data)
    model.dispose()
  })
})

test('what cannot be set is refused', async () => {
  const other = net()
  const stepping = (step: (model: Model & { readonly net: Net }) => void) =>
    class Stepping extends Model {
      readonly net = net()
      override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
        const loss = ops.mean(ops.square(ops.subtract(this.net(x), y)))
        step(this as never)
        this.optimizer?.minimize(loss, this.net.trainableWeights)
        return { loss }
      }
    }
  const failure = async (step: Parameters<typeof stepping>[0]): Promise<string> => {
    const Net = stepping(step)
    const model = new Net()
    model.compile({ optimizer: 'sgd' })
    return model.fit(waves(3, 2), waves(3, 1), fitting).then(
      () => '',
      ({ message }: Error) => message,
    )
  }
  const assign = (model: Model, ...args: unknown[]): unknown =>
    (model as unknown as Averaged).assign(...(args as Parameters<Averaged['assign']>))
  expect(await failure((model) => assign(model, other.weights[0], 0))).toMatch(
    /assign: expected weights of the model, .* got 0 of "sequential_\d+\/dense_\d+\/kernel"\. Hold the layer in a field/,
  )
  expect(await failure((model) => assign(model, model.net.weights[0], [1, 2]))).toMatch(
    /assign: expected a value \[2, 3\], got \[2\]/,
  )
  expect(await failure((model) => assign(model, model.net.weights[0], 0))).toMatch(
    /SGD.apply: expected weights that the step has not set before, got "sequential_\d+\/dense\w*\/kernel", which has its new value when the step ends\. Call assign behind the last update/,
  )
  expect(() => new (stepping(() => {}))().assign(other.weights[0] as never, 0)).toThrow(
    /assign: expected a weight of this layer that was added with trainable: false, got WeightInfo \[2, 3\]/,
  )
})
