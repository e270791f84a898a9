/** What is drawn from one seed: the same bits on both backends. */
import { expect, test } from 'vitest'
import {
  AlphaDropout,
  type CallableLayer,
  Dense,
  Dropout,
  GaussianDropout,
  GaussianNoise,
  GlobalAveragePooling1D,
  Input,
  initializers,
  Lambda,
  type LayersModel,
  Model,
  random,
  Sequential,
  SGD,
  SpatialDropout1D,
  type SymbolicTensor,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { quiet } from '../support/models.ts'
import { trainedOutput } from '../support/trainedOutput.ts'
import { uniform } from '../support/values.ts'

const ROWS = 23
/** Sample i is 2ⁱ, so that the sum of a batch says which samples are in it. */
const powers = Array.from({ length: ROWS }, (_, i) => 2 ** i)

/** The sums of the batches of two epochs, as a loss of zeros sees them. */
async function batchesOf(model: LayersModel, x: never): Promise<number[]> {
  model.compile({ loss: 'mae', optimizer: SGD(0) })
  const sums: number[] = []
  const onTrainBatchEnd = (_batch: number, { loss = 0 }): void => void sums.push(loss)
  const targets = powers.map(() => [0])
  await model.fit(x, targets, { ...quiet, epochs: 2, batchSize: 4, callbacks: { onTrainBatchEnd } })
  model.dispose()
  return sums
}

const sum = { useBias: false, kernelInitializer: 'ones' } as const

/** What a layer draws in training, in the shape of its input. */
const layer = (make: () => CallableLayer) => () =>
  trainedOutput(make(), tensor(new Float32Array(5 * 61).fill(1), [1, 5, 61]))

/** What a function of `random` draws in a prediction. */
const drawn = (fn: (x: SymbolicTensor) => SymbolicTensor) => async () => {
  const input = Input([301])
  const model = Model(input, Lambda(fn)(input))
  const { data } = await model.predict(uniform([3, 301], -1, 1))
  model.dispose()
  return [...data]
}

const weights = (name: string) => async () => {
  const model = Sequential([Dense(7, { inputShape: [5], kernelInitializer: name as 'orthogonal' })])
  const [kernel] = await model.getWeights()
  return [...(kernel?.data ?? [])]
}

const draws: Readonly<Record<string, () => Promise<readonly number[]>>> = {
  ...Object.fromEntries(
    Object.keys(initializers)
      .filter((name) => /uniform|normal|orthogonal|variance/i.test(name))
      .map((name) => [`weights of ${name}`, weights(name)]),
  ),
  'the order of samples': () =>
    batchesOf(Sequential([Dense(1, { inputShape: [1], ...sum })]), powers.map((x) => [x]) as never),
  'the order of sequences of several lengths': () => {
    const input = Input([null, 1])
    const model = Model(input, Dense(1, sum)(GlobalAveragePooling1D()(input)))
    return batchesOf(model, powers.map((x, i) => Array.from({ length: 1 + (i % 3) }, () => [x])) as never)
  },
  'the mask of Dropout': layer(() => Dropout(0.3)),
  'the mask of SpatialDropout1D': layer(() => SpatialDropout1D(0.3)),
  'the mask of AlphaDropout': layer(() => AlphaDropout(0.3)),
  'the noise of GaussianNoise': layer(() => GaussianNoise(0.7)),
  'the noise of GaussianDropout': layer(() => GaussianDropout(0.3)),
  'random.uniform': drawn((x) => random.uniform(x, -0.3, 1.7)),
  'random.normal': drawn((x) => random.normal(x, 0.3, 1.7)),
  'random.truncatedNormal': drawn((x) => random.truncatedNormal(x, -0.3, 1.7)),
  'random.randint': drawn((x) => random.randint(x, -3, 9)),
  'random.binomial': drawn(() => random.binomial([3, 301], 10, 0.3)),
  'random.dropout': drawn((x) => random.dropout(x, 0.3)),
  'random.shuffle': drawn((x) => random.shuffle(x, 1)),
}

test.each(Object.entries(draws))('%s', async (_name, draw) => {
  const made = []
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    setSeed(11)
    made.push(await draw())
  }
  expect(made[1]).toEqual(made[0])
  expect(new Set(made[0]).size).toBeGreaterThan(1)
})
