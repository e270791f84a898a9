/** Steps that classes say themselves, under optimizers that scale the loss: they train as without a scale, and skip what overflows. */
import { afterEach, expect, test, vi } from 'vitest'
import {
  Adam,
  Callback,
  config,
  Dense,
  ExponentialDecay,
  gradients,
  Input,
  type LayersModel,
  LossScaleOptimizer,
  loadModel,
  losses,
  Model,
  type Optimizer,
  ops,
  optimizers,
  register,
  Sequential,
  SGD,
  type SymbolicTensor,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, Gan, noise, waves } from '../support/steppedModels.ts'
import keras from '../support/stepsOfKeras.json' with { type: 'json' }

afterEach(() => {
  config.setDtypePolicy('float32')
  vi.restoreAllMocks()
})

const fitting = { ...quiet, batchSize: 4, shuffle: false } as const
const x = waves(4, 2)
/** So far away that the first gradients times 2¹²⁶ are infinite. */
const far = tensor(new Float32Array(4).fill(300), [4, 1])
/** A net's skipped steps at most until its scale fits. */
const MOST = 30

const dense = () => Sequential([Input([2]), Dense(3, { activation: 'tanh' }), Dense(1)])

type Step = readonly [x: SymbolicTensor, y: SymbolicTensor]

/** Two nets that learn the same by themselves, each by its optimizer. */
class Pair extends Model {
  readonly first = dense()
  readonly second = dense()

  constructor(
    readonly opts: readonly [Optimizer, Optimizer],
    options = {},
  ) {
    super(options)
    fill(this.first, 1)
    fill(this.second, 40)
  }

  override trainStep([x, y]: Step) {
    const results = [this.first, this.second].map((net, i) => {
      const optimizer = this.opts[i] as Optimizer
      const loss = ops.mean(ops.square(ops.subtract(net(x), y)))
      optimizer.apply(gradients(optimizer.scaleLoss(loss), net.trainableWeights), net.trainableWeights)
      return loss
    })
    return { first: results[0] as SymbolicTensor, second: results[1] as SymbolicTensor }
  }
}

/** The usual step, written out as Keras's guide has it. */
class Guided extends Model {
  override trainStep([x, y]: Step) {
    const { optimizer } = this
    const loss = this.computeLoss({ y, yPred: this(x, { training: true }) })
    if (!optimizer) throw new RangeError('compile comes first')
    const grads = gradients(optimizer.scaleLoss(loss), this.trainableWeights)
    optimizer.applyGradients(grads.map((gradient, i) => [gradient, this.trainableWeights[i] as never]))
    return { loss }
  }
}

/** Keras's step, of a class that says it in its own way: by `minimize`, or by what it inherits. */
class Minimizing extends Model {
  override trainStep([x, y]: Step) {
    const loss = this.computeLoss({ y, yPred: this(x, { training: true }) })
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { loss }
  }
}
class Inheriting extends Model {
  override trainStep(data: Step) {
    return super.trainStep(data)
  }
}

function ends() {
  setSeed(5)
  const inputs = Input([2])
  const hidden = Dense(9, { activation: 'tanh' })(inputs)
  return { inputs, outputs: Dense(1)(hidden) }
}

const schedule = () => ExponentialDecay(0.05, 2, 0.5)
const { Adafactor, Lamb, Muon } = optimizers
const makers: Readonly<Record<string, () => Optimizer>> = {
  SGD: () => SGD({ learningRate: ExponentialDecay(1e-3, 2, 0.5), momentum: 0.5 }),
  Adam: () => Adam({ learningRate: schedule() }),
  'Adam with everything': () =>
    Adam({
      learningRate: schedule(),
      weightDecay: 0.1,
      clipnorm: 0.5,
      useEma: true,
      gradientAccumulationSteps: 2,
    }),
  Adafactor: () => Adafactor({ learningRate: schedule() }),
  Lamb: () => Lamb({ learningRate: schedule() }),
  Muon: () => Muon({ learningRate: schedule() }),
}

onCpuFirst(() => {
  test.each([
    ['dynamic', (inner: Optimizer) => LossScaleOptimizer(inner, { initialScale: 8, dynamicGrowthSteps: 2 })],
    [
      'fixed',
      (inner: Optimizer) => optimizers[inner.className as 'SGD']({ ...inner.config, lossScaleFactor: 8 }),
    ],
  ] as const)('a %s scale changes nothing of what a step with two updates learns', async (_, scaled) => {
    const gan = new Gan(
      scaled(SGD({ learningRate: 0.1, momentum: 0.9 })),
      scaled(SGD({ learningRate: 0.05 })),
    )
    gan.compile({})
    await gan.fit(waves(5, 2), noise, { ...quiet, epochs: 3, batchSize: 3, shuffle: false })
    expectClose('generator', await weightsOf(gan.generator), keras.gan_sgd.generator, 1e-5)
    expectClose('discriminator', await weightsOf(gan.discriminator), keras.gan_sgd.discriminator, 1e-5)
    gan.dispose()
  })

  test.each(Object.entries(makers))('%s: each update skips what overflows by itself', async (_, make) => {
    const scaled = LossScaleOptimizer(make(), { initialScale: 2 ** 126 })
    const pair = new Pair([scaled, make()])
    pair.compile({})
    let steps = 0
    while (steps === 0 || ((await scaled.readState()).iterations === 0 && steps < MOST)) {
      await pair.trainOnBatch(x, far)
      steps++
    }
    expect(steps).toBeGreaterThan(3)
    await pair.fit(x, far, { ...fitting, epochs: 7 })
    const [few, many] = [new Pair([make(), make()]), new Pair([make(), make()])]
    for (const model of [few, many]) model.compile({})
    await few.fit(x, far, { ...fitting, epochs: 8 })
    await many.fit(x, far, { ...fitting, epochs: 7 + steps })
    expectClose('skipped', await weightsOf(pair.first), await weightsOf(few.first), 1e-5)
    expectClose('not skipped', await weightsOf(pair.second), await weightsOf(many.second), 1e-5)
    expect(pair.opts.map(({ iterations }) => iterations)).toEqual([
      few.opts[0].iterations,
      many.opts[1].iterations,
    ])
    for (const model of [pair, few, many]) model.dispose()
  })

  test.each([
    ['as the guide has it', Guided],
    ['by minimize', Minimizing],
    ['by what it inherits', Inheriting],
  ] as const)('a step %s trains mixed models as the usual one', async (_, Class) => {
    config.setDtypePolicy('mixed_float16')
    const usual = Model(ends())
    const own = new Class(ends())
    for (const model of [usual, own]) {
      model.compile({ optimizer: Adam(0.05), loss: 'mse' })
      expect(model.optimizer?.className).toBe('LossScaleOptimizer')
      await model.fit(x, waves(4, 1), { ...fitting, epochs: 3 })
    }
    expect(await weightsOf(own)).toEqual(await weightsOf(usual))
    // Numbers that f16 cannot hold are skipped although tanh hides them.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const before = await weightsOf(own)
    await own.fit(tensor(new Float32Array(8).fill(1e5), [4, 2]), far, { ...fitting, epochs: 2 })
    expect(await weightsOf(own)).toEqual(before)
    expect(own.optimizer?.iterations).toBe(3)
    for (const model of [usual, own]) model.dispose()
  })

  test('weights that a constraint bounds stay as they are where a step is skipped', async () => {
    const { outputs, inputs } = ends()
    const model = new Inheriting({ inputs, outputs: Dense(1, { kernelConstraint: 'unit_norm' })(outputs) })
    const before = await weightsOf(model)
    model.compile({ optimizer: LossScaleOptimizer(SGD(0.1), { initialScale: 2 ** 126 }), loss: 'mse' })
    await model.trainOnBatch(x, far)
    expect(await weightsOf(model)).toEqual(before)
    model.dispose()
  })

  test('a training goes on from a file with its scales', async () => {
    const scaled = () => LossScaleOptimizer(Adam(0.05), { initialScale: 2 ** 126, dynamicGrowthSteps: 3 })
    class Kept extends Pair {
      constructor(options = {}) {
        super([scaled(), SGD(1e-3)], options)
      }
      override call(x: SymbolicTensor) {
        return this.first(x)
      }
      override getConfig() {
        return {}
      }
    }
    register('scaled>Kept', Kept)
    const model = new Kept()
    model.build([null, 2])
    model.compile({ optimizer: 'sgd' })
    await model.fit(x, far, { ...fitting, epochs: 12 })
    const loaded = (await loadModel(await model.save())) as Kept & LayersModel
    for (const each of [model, loaded]) await each.fit(x, far, { ...fitting, epochs: 3 })
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model))
    const states = [model, loaded].map(({ opts: [first] }) =>
      (first as ReturnType<typeof scaled>).readState(),
    )
    const [expected, found] = await Promise.all(states)
    expect(found).toEqual(expected)
    for (const each of [model, loaded]) each.dispose()
  })
})

test('gradients of a loss that was not scaled are divided as in Keras, and a warning says so once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  class Unscaled extends Pair {
    override trainStep([x, y]: Step) {
      const first = ops.mean(ops.square(ops.subtract(this.first(x), y)))
      const weights = this.first.trainableWeights
      this.opts[0].apply(gradients(first, weights), weights)
      return { first, second: first }
    }
  }
  const moved = async (optimizer: Optimizer): Promise<number[]> => {
    const model = new Unscaled([optimizer, SGD()])
    const before = await weightsOf(model.first)
    model.compile({})
    await model.fit(x, waves(4, 1), { ...fitting, epochs: 1 })
    return (await weightsOf(model.first)).map((weight, i) => weight - (before[i] ?? 0))
  }
  const plain = await moved(SGD(0.5))
  expect(warn).not.toHaveBeenCalled()
  for (const optimizer of [
    LossScaleOptimizer(SGD(0.5), { initialScale: 4 }),
    SGD({ learningRate: 0.5, lossScaleFactor: 4 }),
  ]) {
    expectClose(
      'a quarter',
      await moved(optimizer),
      plain.map((change) => change / 4),
      1e-6,
    )
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]?.[0]).toMatch(/unscaled.*trainStep, .*divided by the scale.*scaleLoss\(loss\)/)
    warn.mockClear()
  }
})

test('a scale that every step overflows is said once, and no scale is asked for in evaluation', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const pair = new Pair([LossScaleOptimizer(SGD(0.1)), SGD(1e-9)])
  pair.compile({})
  const infinite = tensor(new Float32Array(4).fill(3e38), [4, 1])
  await pair.fit(x, infinite, { ...fitting, epochs: 20, callbacks: [new Callback()] })
  expect(warn.mock.calls.filter(([text]) => /in a row that overflowed/.test(String(text)))).toHaveLength(1)
  expect(pair.opts.map(({ iterations }) => iterations)).toEqual([0, 20])

  class Testing extends Minimizing {
    override testStep([x, y]: Step) {
      const loss = losses.MeanSquaredError()(y, this(x)) as SymbolicTensor
      return { loss: this.optimizer?.scaleLoss(loss) ?? loss }
    }
  }
  const testing = new Testing(ends())
  testing.compile({ optimizer: LossScaleOptimizer(SGD(0.1)), loss: 'mse' })
  await expect(testing.evaluate(x, far, quiet)).rejects.toThrow('to be called in trainStep')
  class Stranger extends Minimizing {
    readonly other = LossScaleOptimizer(SGD())
    override trainStep([x, y]: Step) {
      const loss = this.computeLoss({ y, yPred: this(x, { training: true }) })
      this.optimizer?.minimize(this.other.scaleLoss(loss), this.trainableWeights)
      return { loss }
    }
  }
  const stranger = new Stranger(ends())
  stranger.compile({ optimizer: 'sgd', loss: 'mse' })
  await expect(stranger.fit(x, far, quiet)).rejects.toThrow('an optimizer that the step applies')
})
