/** Batch renormalization: losses, weights and moving moments of two steps against the formulas in doubles, bounded and not. */
import { expect, test } from 'vitest'
import {
  BatchNormalization,
  Input,
  type RenormClipping,
  Sequential,
  SGD,
  type Tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

const [rows, channels, epsilon] = [5, 3, 1e-3]
const [rate, momentum, renormMomentum] = [0.5, 0.7, 0.8]
const x = uniform([rows, channels], -1, 3, 1)
const y = uniform([rows, channels], -1, 1, 2)

/** Of one channel. */
interface State {
  gamma: number
  beta: number
  mean: number
  variance: number
  stddev: number
  renormMean: number
  renormStddev: number
}

/** A step of a channel: its squared errors, with its state after. */
function step(state: State, column: number, { rmin = 0, rmax = 1e9, dmax = 1e9 }: RenormClipping): number {
  const of = ({ data }: Tensor): number[] =>
    Array.from({ length: rows }, (_, row) => data[row * channels + column] ?? Number.NaN)
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  const values = of(x)
  const mean = sum(values) / rows
  const stddev = Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / rows + epsilon)
  const r = Math.min(Math.max(stddev / state.renormStddev, rmin), rmax)
  const d = Math.min(Math.max((mean - state.renormMean) / state.renormStddev, -dmax), dmax)
  const normal = values.map((value) => ((value - mean) / stddev) * r + d)
  const errors = of(y).map((target, row) => state.gamma * (normal[row] ?? 0) + state.beta - target)
  const slopes = errors.map((error) => (2 * error) / (rows * channels))
  state.gamma -= rate * sum(slopes.map((slope, row) => slope * (normal[row] ?? 0)))
  state.beta -= rate * sum(slopes)
  const moved = (old: number, now: number, share: number): number => old * share + now * (1 - share)
  state.mean = moved(state.mean, mean, momentum)
  state.stddev = moved(state.stddev, stddev, momentum)
  state.variance = state.stddev ** 2 - epsilon
  state.renormMean = moved(state.renormMean, mean, renormMomentum)
  state.renormStddev = moved(state.renormStddev, stddev, renormMomentum)
  return sum(errors.map((error) => error ** 2))
}

onEachBackend(() => {
  test.each<RenormClipping | null>([null, { rmin: 0.95, rmax: 1.05, dmax: 0.2 }])(
    'corrections bounded by %j',
    async (renormClipping) => {
      const model = Sequential([
        Input([channels]),
        BatchNormalization({ renorm: true, renormClipping, renormMomentum, momentum, epsilon }),
      ])
      model.compile({ loss: 'mse', optimizer: SGD(rate) })
      const first = { gamma: 1, beta: 0, mean: 0, variance: 1, stddev: 1, renormMean: 0, renormStddev: 1 }
      const states = Array.from({ length: channels }, (): State => ({ ...first }))
      for (let i = 0; i < 2; i++) {
        const errors = states.map((state, column) => step(state, column, renormClipping ?? {}))
        const loss = errors.reduce((a, b) => a + b, 0) / (rows * channels)
        expect(await model.trainOnBatch(x, y)).toBeCloseTo(loss, 5)
      }
      const names = Object.keys(first) as (keyof State)[]
      expect(model.weights.map(({ path }) => path.split('/').at(-1))).toEqual([
        ...[
          'gamma',
          'beta',
          'moving_mean',
          'moving_variance',
          'moving_stddev',
          'renorm_mean',
          'renorm_stddev',
        ],
      ])
      for (const [i, { data }] of ((await model.getWeights()) as Tensor[]).entries()) {
        const name = names[i] as keyof State
        expectClose(
          name,
          data,
          states.map((state) => state[name]),
          1e-5,
        )
      }
      model.dispose()
    },
  )
})

test('bounds that contradict each other are refused, and names of none', () => {
  const made = (renormClipping: object) => () => BatchNormalization({ renorm: true, renormClipping })
  expect(made({ rmin: 2, rmax: 1 })).toThrow(
    'BatchNormalization: expected renormClipping.rmax of 2 or more, the rmin, got 1.',
  )
  expect(made({ dmax: -1 })).toThrow('BatchNormalization: expected renormClipping.dmax of 0 or more, got -1.')
  expect(made({ max: 1 })).toThrow(
    'BatchNormalization: expected renormClipping as an object of rmin, rmax, dmax',
  )
})
