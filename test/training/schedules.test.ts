/** Learning-rate schedules against their formulas, and what an optimizer makes of them. */
import { beforeAll, describe, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'

const {
  Adam,
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  LearningRateSchedule,
  PiecewiseConstantDecay,
  PolynomialDecay,
  SGD,
} = api

beforeAll(async () => {
  await api.setBackend('cpu')
})

const { cos, PI, floor } = Math

describe('rates', () => {
  test.each<
    readonly [what: string, schedule: (step: number) => number, rates: Readonly<Record<number, number>>]
  >([
    [
      'exponential',
      ExponentialDecay(0.1, 4, 0.5),
      { 0: 0.1, 2: 0.1 * 0.5 ** 0.5, 4: 0.05, 9: 0.1 * 0.5 ** 2.25 },
    ],
    ['exponential in stairs', ExponentialDecay(0.1, 4, 0.5, true), { 3: 0.1, 4: 0.05, 11: 0.025 }],
    ['inverse', InverseTimeDecay(0.1, 4, 0.5), { 0: 0.1, 2: 0.1 / 1.25, 8: 0.05 }],
    ['inverse in stairs', InverseTimeDecay(0.1, 4, 0.5, { staircase: true }), { 3: 0.1, 11: 0.05 }],
    ['polynomial', PolynomialDecay(0.1, 10), { 0: 0.1, 5: 0.05005, 10: 1e-4, 99: 1e-4 }],
    ['polynomial of power 2', PolynomialDecay(0.1, 10, 0, 2), { 5: 0.025, 11: 0 }],
    [
      'polynomial in cycles',
      PolynomialDecay(0.1, 10, 0, 1, true),
      { 0: 0.1, 10: 0, 15: 0.025, 20: 0, 21: 0.03 },
    ],
    ['stages', PiecewiseConstantDecay([3, 7], [1, 0.5, 0.1]), { 0: 1, 3: 1, 4: 0.5, 7: 0.5, 8: 0.1 }],
    ['cosine', CosineDecay(0.1, 10, 0.5), { 0: 0.1, 5: 0.075, 10: 0.05, 99: 0.05 }],
    [
      'cosine after a warm-up',
      CosineDecay({ initialLearningRate: 0, decaySteps: 10, warmupTarget: 0.2, warmupSteps: 4 }),
      { 0: 0, 1: 0.05, 4: 0.2, 9: 0.1, 14: 0, 99: 0 },
    ],
    ['cosine from another target', CosineDecay(0.1, 10, 0, 'name', 0.4), { 0: 0.4, 5: 0.2 }],
    [
      'restarts',
      CosineDecayRestarts(0.1, 10, 2, 0.5),
      { 0: 0.1, 5: 0.05, 10: 0.05, 20: 0.025, 30: 0.025, 70: 0.0125, 50: 0.0125 },
    ],
    [
      'restarts of one length',
      CosineDecayRestarts(0.1, 4, 1),
      { 1: 0.05 * (1 + cos(PI / 4)), 4: 0.1, 6: 0.05 },
    ],
  ])('%s', (_what, schedule, rates) => {
    for (const [step, rate] of Object.entries(rates))
      expect(schedule(Number(step)), step).toBeCloseTo(rate, 12)
  })

  test('every restart begins at its step', () => {
    const schedule = CosineDecayRestarts(1, 3, 2, 0.5)
    for (let restarts = 0; restarts < 12; restarts++)
      expect(schedule(3 * (2 ** restarts - 1))).toBeCloseTo(0.5 ** restarts, 12)
  })
})

test('with new or without, schedules are of their class and of one base class, and tell their options', () => {
  const made = new ExponentialDecay(0.1, 4, 0.5)
  for (const schedule of [made, ExponentialDecay(0.1, 4, 0.5)]) {
    expect(schedule).toBeInstanceOf(ExponentialDecay)
    expect(schedule).toBeInstanceOf(LearningRateSchedule)
    expect(schedule.className).toBe('ExponentialDecay')
  }
  expect(made.getConfig()).toEqual({
    initialLearningRate: 0.1,
    decaySteps: 4,
    decayRate: 0.5,
    staircase: false,
    name: 'ExponentialDecay',
  })
  expect(ExponentialDecay(made.getConfig() as never)(9)).toBe(made(9))
  class Halved extends ExponentialDecay {
    override call(step: number): number {
      return super.call(step) / 2
    }
  }
  expect(new Halved(0.1, 4, 0.5)(4)).toBe(0.025)
})

/** The warm-up of transformers, as tutorials of Keras write it. */
class WarmUp extends LearningRateSchedule {
  constructor(
    private readonly dModel: number,
    private readonly warmupSteps: number,
  ) {
    super()
  }
  override call(step: number) {
    const { rsqrt, multiply, minimum } = api.ops
    const second = multiply(step, this.warmupSteps ** -1.5)
    return multiply(rsqrt(this.dModel), minimum(rsqrt(step), second))
  }
}

class Stairs extends LearningRateSchedule {
  private readonly rate: number
  constructor({ rate }: { readonly rate: number }) {
    super()
    this.rate = rate
  }
  override call(step: number): number {
    return this.rate / 2 ** floor(step / 2)
  }
  override getConfig(): { rate: number } {
    return { rate: this.rate }
  }
}

/** A model of one weight, whose gradient is 1 for every batch, so that it tells the sum of the rates of its steps. */
function summing(optimizer: api.Optimizer): api.SequentialModel {
  const model = api.Sequential([
    api.Dense(1, { inputShape: [1], useBias: false, kernelInitializer: 'zeros' }),
  ])
  model.compile({ loss: (_target, output) => api.ops.negative(output), optimizer })
  return model
}
const ones = Array<number>(6).fill(1)
const sumOf = async (model: api.SequentialModel): Promise<number> =>
  (await model.getWeights())[0]?.data[0] ?? 0

onEachBackend(() => {
  test.each([
    ['a class of Keras', PiecewiseConstantDecay([2], [1, 0.25])],
    ['a class of the user', new Stairs({ rate: 1 })],
    ['a class of the user in ops', new WarmUp(4, 3)],
    ['a function', (step: number) => 1 / (1 + step)],
  ])('%s gives each step its rate', async (_what, schedule) => {
    const model = summing(SGD({ learningRate: schedule }))
    const rates = ones.map((_, step) => schedule(step))
    await model.fit(ones, ones, { batchSize: 1, ...quiet })
    expect(await sumOf(model)).toBeCloseTo(
      rates.reduce((a, b) => a + b),
      5,
    )
    expect(model.optimizer?.learningRate).toBe(schedule(6))
  })

  test('a callback sets the rate of the epochs to come, and of the next step where it listens to steps', async () => {
    const model = summing(SGD(1))
    const set = (rate: number): void => {
      if (model.optimizer) model.optimizer.learningRate = rate
    }
    const options = { batchSize: 1, epochs: 2, ...quiet }
    await model.fit(ones, ones, { ...options, callbacks: [{ onEpochEnd: () => set(0.5) }] })
    expect(await sumOf(model)).toBeCloseTo(6 + 3, 5)
    await model.fit(ones, ones, {
      ...options,
      epochs: 1,
      callbacks: [{ onBatchEnd: (batch) => set(1 / 2 ** batch) }],
    })
    expect(await sumOf(model)).toBeCloseTo(9 + 0.5 + 1 + 0.5 + 0.25 + 0.125 + 0.0625, 5)
  })
})

test('a rate that follows a schedule takes another schedule, and no number', async () => {
  const optimizer = Adam({ learningRate: ExponentialDecay(0.1, 4, 0.5) })
  optimizer.iterations = 4
  expect(optimizer.learningRate).toBe(0.05)
  await expectError(() => {
    optimizer.learningRate = 0.1
  }, 'Adam: expected learningRate to stay a schedule, got 0.1.')
  optimizer.learningRate = (step) => step
  expect(optimizer.learningRate).toBe(4)
  const plain = Adam(0.1)
  plain.learningRate = CosineDecay(0.2, 4)
  expect(plain.learningRate).toBe(0.2)
  expect(api.LossScaleOptimizer(plain).learningRate).toBe(0.2)
})

test.each<readonly [what: string, attempt: () => unknown, message: string]>([
  [
    'a class that was not called',
    () => Adam({ learningRate: untyped(ExponentialDecay) }),
    'ExponentialDecay: expected decaySteps to be a positive number, got undefined.',
  ],
  [
    'an object',
    () => Adam({ learningRate: untyped({ rate: 1 }) }),
    'Adam: expected learningRate or its schedule to be a finite number of at least 0, got { rate }.',
  ],
  [
    'a function of text',
    () => Adam({ learningRate: untyped(() => '0.1') }),
    'Adam: expected learningRate or its schedule to be a finite number of at least 0, got "0.1".',
  ],
  [
    'a schedule that ends in NaN',
    () => {
      const optimizer = Adam({ learningRate: (step) => (step < 3 ? 0.1 : Number.NaN) })
      optimizer.iterations = 3
      return optimizer.learningRate
    },
    'Adam: expected learningRate to be a finite number of at least 0, got NaN.',
  ],
  ['no steps', () => CosineDecay(0.1, 0), 'CosineDecay: expected decaySteps to be a positive number, got 0.'],
  [
    'values that do not fit',
    () => PiecewiseConstantDecay([1, 2], [0.1, 0.2]),
    'PiecewiseConstantDecay: expected 3 values, one more than boundaries, got 2.',
  ],
  [
    'a schedule without call',
    () => new (class Empty extends LearningRateSchedule {})()(1),
    'Empty: expected a method call(step), got none.',
  ],
])('%s', (_what, attempt, message) => expectError(attempt, message))
