/** GaussianNoise and GaussianDropout: the distribution of what they draw, the same on both backends, and its gradients. */
import { expect, test } from 'vitest'
import {
  type CallableLayer,
  Dense,
  GaussianDropout,
  GaussianNoise,
  Input,
  Sequential,
  SGD,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { trainedOutput } from '../support/trainedOutput.ts'
import { uniform } from '../support/values.ts'

const COUNT = 4001
const ones = tensor(new Float32Array(COUNT).fill(1), [1, COUNT])

const layers: readonly (readonly [
  name: string,
  make: (seed?: number) => CallableLayer,
  deviation: number,
])[] = [
  ['GaussianNoise', (seed) => GaussianNoise(0.5, { seed: seed ?? null }), 0.5],
  ['GaussianDropout', (seed) => GaussianDropout(0.2, { seed: seed ?? null }), 0.5],
]

test.each(layers)('%s draws normal numbers, the same on both backends', async (_, make, deviation) => {
  await chooseBackend('cpu')
  const cpu = await trainedOutput(make(3), ones)
  await chooseBackend('webgpu')
  expect(await trainedOutput(make(3), ones)).toEqual(cpu)
  // Moments of a normal distribution, within four standard errors of as many draws.
  const moment = (power: number): number =>
    cpu.reduce((sum, value) => sum + ((value - 1) / deviation) ** power, 0) / COUNT
  const error = 4 / Math.sqrt(COUNT)
  expect(Math.abs(moment(1))).toBeLessThan(error)
  expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.sqrt(2))
  expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15))
  expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96))
})

onEachBackend(() => {
  test.each(layers)('%s draws anew in each step, by its seed, and in training alone', async (_, make) => {
    const train = async (seed?: number): Promise<readonly number[]> => {
      setSeed(7)
      const model = Sequential([Input([9]), make(seed)])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      const x = uniform([4, 9], -1, 1, 1)
      expect([...(await model.predict<Tensor>(x, quiet)).data]).toEqual([...x.data])
      const { history } = await model.fit(x, x, { ...quiet, epochs: 3, batchSize: 4 })
      model.dispose()
      return history.loss ?? []
    }
    const first = await train()
    expect(new Set(first).size).toBe(3)
    expect(await train()).toEqual(first)
    const seeded = await train(5)
    expect(await train(5)).toEqual(seeded)
    expect(seeded).not.toEqual(first)
  })

  test.each(layers)('%s hands gradients on', async (name, make) => {
    const features = 5
    const x = tensor([0.75], [1, 1])
    const y = uniform([1, features], -1, 1, 2)
    const weights = uniform([1, features], -1, 1, 3)
    const noise = (
      await trainedOutput(make(3), tensor(new Float32Array(features).fill(1), [1, features]))
    ).map(
      // What comes to ones.
      (value) => (name === 'GaussianNoise' ? value - 1 : value),
    )
    const model = Sequential([Input([1]), Dense(features, { useBias: false }), make(3)])
    model.setWeights([weights])
    model.compile({ loss: 'mse', optimizer: SGD(0.1) })
    const [gradient] = Object.values(await model.gradients(x, y))
    const expected = noise.map((drawn, i) => {
      const z = (weights.data[i] ?? 0) * 0.75
      const [output, slope] = name === 'GaussianNoise' ? [z + drawn, 0.75] : [z * drawn, 0.75 * drawn]
      return (2 / features) * (output - (y.data[i] ?? 0)) * slope
    })
    expectClose('gradient', gradient?.data, expected, 1e-5)
    model.dispose()
  })
})

test.each<[string, () => unknown, string]>([
  [
    'a deviation above 1',
    () => GaussianNoise(1.5, { name: 'noise' }),
    'GaussianNoise "noise": expected stddev to be a finite number',
  ],
  [
    'a rate of 1',
    () => GaussianDropout(1, { name: 'noise' }),
    'GaussianDropout "noise": expected rate to be less than 1, got 1.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
