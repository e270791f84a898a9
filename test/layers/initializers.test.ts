// Every initializer of Keras 3: its name, its config, its distribution, its errors.
import { describe, expect, test, vi } from 'vitest'
import { computeFans } from '../../src/layers/weights/fans.ts'
import { getInitializer } from '../../src/layers/weights/getInitializer.ts'
import type { Initializer } from '../../src/layers/weights/initializer.ts'
import {
  Constant,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  Identity,
  LecunNormal,
  LecunUniform,
  Ones,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  VarianceScaling,
  Zeros,
} from '../../src/layers/weights/initializers.ts'
import { Generator } from '../../src/util/generator.ts'

const SHAPE = [100, 300]
const sample = (initializer: Initializer, shape: readonly number[] = SHAPE): Float32Array =>
  initializer(shape, new Generator(1))
const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: Float32Array): number =>
  mean(values.map((value) => value * value)) - mean(values) ** 2

test('constants', () => {
  expect(sample(Zeros(), [2, 2])).toEqual(new Float32Array(4))
  expect(sample(Ones(), [3])).toEqual(Float32Array.of(1, 1, 1))
  expect(sample(Constant({ value: 0.5 }), [2])).toEqual(Float32Array.of(0.5, 0.5))
  expect(sample(Constant(-1), [])).toEqual(Float32Array.of(-1))
  expect(sample(Identity(), [2, 3])).toEqual(Float32Array.of(1, 0, 0, 0, 1, 0))
  expect(sample(Identity({ gain: 2 }), [3, 2])).toEqual(Float32Array.of(2, 0, 0, 2, 0, 0))
})

// The variance that each should have over [100, 300], and the bound that no draw exceeds.
test.each<[Initializer, number, number]>([
  [RandomUniform(), 0.1 ** 2 / 12, 0.05],
  [RandomNormal(), 0.05 ** 2, 0.05 * 6.7],
  [TruncatedNormal(), (0.05 * 0.8796) ** 2, 0.1],
  [VarianceScaling(), 1 / 100, 2 / (10 * 0.8796)],
  [VarianceScaling({ scale: 3, mode: 'fan_out', distribution: 'uniform' }), 3 / 300, Math.sqrt(9 / 300)],
  [VarianceScaling({ distribution: 'untruncated_normal' }), 1 / 100, 0.67],
  [VarianceScaling({ inputAxes: [1], outputAxes: [0] }), 1 / 300, 1],
  [GlorotUniform(), 2 / 400, Math.sqrt(6 / 400)],
  [GlorotNormal(), 2 / 400, (2 * Math.sqrt(2 / 400)) / 0.8796],
  [HeUniform(), 2 / 100, Math.sqrt(6 / 100)],
  [HeNormal(), 2 / 100, (2 * Math.sqrt(2 / 100)) / 0.8796],
  [LecunUniform(), 1 / 100, Math.sqrt(3 / 100)],
  [LecunNormal(), 1 / 100, (2 * Math.sqrt(1 / 100)) / 0.8796],
])('%o has its variance and its bound', (initializer, expected, bound) => {
  const values = sample(initializer)
  // Five standard errors of 30,000 draws; a fourth moment of at most 3 σ⁴ makes that of a variance σ²·√(2/n).
  expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(expected / values.length))
  expect(Math.abs(variance(values) / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length))
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound * 1.0001))
})

test('RandomUniform, RandomNormal and TruncatedNormal are moved and scaled', () => {
  expect(mean(sample(RandomUniform({ minval: 1, maxval: 3 })))).toBeCloseTo(2, 1)
  expect(mean(sample(RandomNormal({ mean: 5, stddev: 0.1 })))).toBeCloseTo(5, 2)
  expect(mean(sample(TruncatedNormal({ mean: -5, stddev: 0.1 })))).toBeCloseTo(-5, 2)
})

describe('Orthogonal', () => {
  const gram = (vectors: (i: number, k: number) => number, count: number, length: number): void => {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0
        for (let k = 0; k < length; k++) sum += vectors(i, k) * vectors(j, k)
        // Each of `length` products of two float32 roundings errs by at most 2⁻²³ of |q_i||q_j|, together of 1.
        expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(2 ** -22)
      }
    }
  }

  test('has orthonormal columns where it is tall, and rows where it is wide', () => {
    const tall = sample(Orthogonal(), [40, 30])
    gram((i, k) => tall[k * 30 + i]!, 30, 40)
    const wide = sample(Orthogonal(), [30, 120])
    gram((i, k) => wide[i * 120 + k]!, 30, 120)
  })

  test('of many vectors is as uniform as one of few: orthonormal, with the fourth moment and the gains of Haar’s measure', () => {
    const [units, length] = [330, 1320]
    const kernel = sample(Orthogonal(), [units, length])
    const tall = sample(Orthogonal(), [length, units])
    for (const entryOf of [
      (i: number, k: number) => kernel[i * length + k]!,
      (i: number, k: number) => tall[k * units + i]!,
    ]) {
      let [worst, fourth, ofBlock] = [0, 0, 0]
      for (let i = 0; i < units; i++) {
        for (const j of [i, (i + 1) % units, (7 * i + 3) % units]) {
          let sum = 0
          for (let k = 0; k < length; k++) sum += entryOf(i, k) * entryOf(j, k)
          worst = Math.max(worst, Math.abs(sum - Number(i === j)))
        }
        for (let k = 0; k < length; k++) {
          fourth += entryOf(i, k) ** 4
          if (k < units) ofBlock += entryOf(i, k) ** 2
        }
      }
      expect(worst).toBeLessThan(2 ** -22)
      // 3 / (m·(m + 2)) an entry, with a relative standard error of √(96/9 / n); a quarter of the squares in each gate's block.
      const entries = units * length
      expect(Math.abs((fourth / entries) * ((length * (length + 2)) / 3) - 1)).toBeLessThan(
        5 * Math.sqrt(11 / entries),
      )
      expect(Math.abs(ofBlock / units - 1 / 4)).toBeLessThan(0.005)
    }
    // Axes that neighbour each other, and vectors, are as independent as any.
    let neighbours = 0
    for (let i = 0; i < units * length - 1; i++) neighbours += length * kernel[i]! * kernel[i + 1]!
    expect(Math.abs(neighbours / (units * length))).toBeLessThan(5 / Math.sqrt(units * length))
  })

  test('draws the recurrent kernel of 1,024 units by few rotations, not by products of all its columns', () => {
    const drawn = vi.spyOn(Generator.prototype, 'bits')
    const { length } = sample(Orthogonal(), [1024, 4096])
    // Vectors to make orthonormal take a word an entry at least, rotations some words an axis and round.
    expect(drawn.mock.calls.length).toBeLessThan(length / 8)
    drawn.mockRestore()
  })

  test('counts all axes but the last as rows, and scales by its gain', () => {
    const kernel = sample(Orthogonal({ gain: 2 }), [3, 2, 4])
    gram((i, k) => kernel[k * 4 + i]! / 2, 4, 6)
  })

  test('takes either sign alike', () => {
    const trials = 200
    let positive = 0
    for (let s = 0; s < trials; s++) if (Orthogonal({ seed: s })([4, 4], new Generator(0))[0]! > 0) positive++
    expect(Math.abs(positive / trials - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 4 / trials))
  })
})

test.each<[number[], [number, number]]>([
  [[], [1, 1]],
  [[7], [7, 7]],
  [
    [2, 3],
    [2, 3],
  ],
  [
    [5, 2, 3],
    [10, 15],
  ],
  [
    [3, 3, 2, 4],
    [18, 36],
  ],
])('computeFans(%o)', (shape, fans) => {
  expect(computeFans(shape)).toEqual(fans)
})

test('computeFans takes the axes it is given', () => {
  expect(computeFans([2, 3, 5], [0], [1, -1])).toEqual([2, 15])
})

test('a seed of its own repeats; without one, the generator goes on', () => {
  const shared = new Generator(9)
  const seeded = GlorotUniform({ seed: 3 })
  expect(seeded([4], shared)).toEqual(seeded([4], shared))
  const unseeded = GlorotUniform()
  expect(unseeded([4], shared)).not.toEqual(unseeded([4], shared))
  expect(unseeded([4], new Generator(3))).toEqual(seeded([4], shared))
})

describe('getInitializer', () => {
  test.each([
    ['zeros', 'Zeros'],
    ['ones', 'Ones'],
    ['constant', 'Constant'],
    ['identity', 'Identity'],
    ['random_uniform', 'RandomUniform'],
    ['random_normal', 'RandomNormal'],
    ['truncated_normal', 'TruncatedNormal'],
    ['variance_scaling', 'VarianceScaling'],
    ['glorot_uniform', 'GlorotUniform'],
    ['glorot_normal', 'GlorotNormal'],
    ['he_uniform', 'HeUniform'],
    ['he_normal', 'HeNormal'],
    ['lecun_uniform', 'LecunUniform'],
    ['lecun_normal', 'LecunNormal'],
    ['orthogonal', 'Orthogonal'],
    ['uniform', 'RandomUniform'],
    ['normal', 'RandomNormal'],
    ['zero', 'Zeros'],
    ['one', 'Ones'],
    ['OrthogonalInitializer', 'Orthogonal'],
    ['IdentityInitializer', 'Identity'],
    ['GlorotUniform', 'GlorotUniform'],
    ['leCunNormal', 'LecunNormal'],
  ])("'%s' is %s", (name, className) => {
    expect(getInitializer(name as 'zeros', 'Dense').className).toBe(className)
  })

  test('reads configs, with older words, and refuses what it does not know', () => {
    const config = { scale: 1, mode: 'fan_avg', distribution: 'normal', seed: null }
    expect(getInitializer({ className: 'VarianceScaling', config }, 'Dense').config).toEqual({
      scale: 1,
      mode: 'fan_avg',
      distribution: 'truncated_normal',
      seed: null,
      inputAxes: null,
      outputAxes: null,
    })
    const generator = { className: 'SeedGenerator', config: { seed: 7 } }
    expect(getInitializer({ className: 'HeNormal', config: { seed: generator } }, 'Dense').config).toEqual({
      seed: 7,
      inputAxes: null,
      outputAxes: null,
    })
    expect(getInitializer({ className: 'Zeros' }, 'Dense').config).toEqual({})
    expect(() => getInitializer({ className: 'Zeros', config: { dtype: 'float32' } }, 'Dense')).toThrow(
      "Zeros: expected no options, got 'dtype'",
    )
  })

  test('hands an initializer through', () => {
    const initializer = Orthogonal({ gain: 0.5 })
    expect(getInitializer(initializer, 'LSTM')).toBe(initializer)
    expect(initializer.config).toEqual({ gain: 0.5, seed: null })
  })
})

test.each([
  [
    () => getInitializer('glorot_unifrom' as 'zeros', 'LSTM "encoder", kernelInitializer'),
    /^LSTM "encoder", kernelInitializer: expected an initializer \(zeros, ones, .*orthogonal\), got "glorot_unifrom"\. Did you mean 'glorot_uniform'\?$/,
  ],
  [() => getInitializer({ className: 'STFT' }, 'Dense'), /got "STFT"\.$/],
  [
    () => RandomNormal({ stddev: Number.NaN }),
    'RandomNormal: expected stddev to be a finite number, got NaN.',
  ],
  [() => VarianceScaling({ scale: 0 }), 'VarianceScaling: expected scale to be a positive number, got 0.'],
  [() => GlorotUniform({ seed: -1 }), 'GlorotUniform: expected seed to be an integer of at least 0, got -1.'],
  [() => sample(Identity(), [2]), 'Identity: expected a shape of two dimensions, got [2].'],
  [() => Orthogonal().check([2]), 'Orthogonal: expected a shape of at least two dimensions, got [2].'],
  [() => sample(Orthogonal(), [2]), 'Orthogonal: expected a shape of at least two dimensions, got [2].'],
])('%o is an error', (act, message) => {
  expect(act).toThrow(message)
})
