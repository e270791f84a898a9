// Learning-rate schedules: of which kind their arguments are, all of which may be given by name.

import * as api from '../../../src/index.ts'
import { atLeastZero, flag, isPlainFunction, type Kind, kind, nullable, positive, text } from '../kinds.ts'
import { type Options, type PublicCall, plain } from './call.ts'

const isRate = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0

/** A learning rate. The functions of the tables return 0. */
export const learningRate: Kind = kind(
  [0, 0.5, () => 0.5, api.CosineDecay(0.5, 10)],
  (value) => isRate(value) || isPlainFunction(value),
  [() => Number.NaN, () => '1', api.ExponentialDecay],
)

const decay = {
  initialLearningRate: atLeastZero,
  decaySteps: positive,
  decayRate: atLeastZero,
  staircase: flag,
  name: text,
}
const decayBase = { initialLearningRate: 0.5, decaySteps: 10, decayRate: 0.5 }
const boundaries = kind(
  [
    [1, 2],
    [-1, 2],
  ],
  (value) => String(value) === '-1,2',
  [[2, 1], [1], [1, 1]],
)
/** Two are right where there is one boundary, which is wrong where there are three. */
const values = kind(
  [[0.5, 0.25, 0]],
  (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
  [[0.5, 0.25, -1]],
)

const tables: Readonly<Record<string, readonly [Options, base: Readonly<Record<string, unknown>>]>> = {
  ExponentialDecay: [decay, decayBase],
  InverseTimeDecay: [decay, decayBase],
  PolynomialDecay: [
    {
      initialLearningRate: atLeastZero,
      decaySteps: positive,
      endLearningRate: atLeastZero,
      power: atLeastZero,
      cycle: flag,
      name: text,
    },
    { initialLearningRate: 0.5, decaySteps: 10 },
  ],
  PiecewiseConstantDecay: [
    { boundaries, values, name: text },
    { boundaries: [1, 2], values: [0.5, 0.25, 0] },
  ],
  CosineDecay: [
    {
      initialLearningRate: atLeastZero,
      decaySteps: positive,
      alpha: atLeastZero,
      warmupTarget: nullable(atLeastZero),
      warmupSteps: atLeastZero,
      name: text,
    },
    { initialLearningRate: 0.5, decaySteps: 10 },
  ],
  CosineDecayRestarts: [
    {
      initialLearningRate: atLeastZero,
      firstDecaySteps: positive,
      tMul: positive,
      mMul: atLeastZero,
      alpha: atLeastZero,
      name: text,
    },
    { initialLearningRate: 0.5, firstDecaySteps: 10 },
  ],
}

const made: Readonly<Record<string, unknown>> = { ...api.optimizers.schedules }

export const schedules: readonly PublicCall[] = [
  ...Object.entries(tables).map(
    ([name, [options, base]]): PublicCall => ({
      name,
      args: [],
      options,
      base,
      isKeyword: true,
      call: plain(made[name]),
    }),
  ),
  {
    name: 'LearningRateSchedule',
    args: [kind([0, 3], (value) => typeof value === 'number')],
    call: (_model, step) => {
      class Constant extends api.LearningRateSchedule {
        override call(): number {
          return 0.5
        }
      }
      return new Constant()(step as number)
    },
  },
]
