/** Networks of images have Keras's layers, weights and files, and with weights of a formula its predictions. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeApplication } from '../../src/applications/application.ts'
import { architectures } from '../../src/applications/architectures.ts'
import { clearSession, type LayersModel, type Tensor, tensor } from '../../src/index.ts'
import type { WeightInfo } from '../../src/layers/weights/weightAccess.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { chooseBackend } from '../support/backends.ts'
import { chosen, isLong, sampled } from '../support/sampled.ts'
import { golden, type Prediction } from './golden.ts'

const architectureOf = (name: string) => {
  const found = architectures.get(name)
  if (!found) throw new Error(`${name} is not here`)
  return found
}

test('all of Keras are here', () => {
  expect([...architectures.keys()].sort()).toEqual(Object.keys(golden.networks).sort())
})

/** Layers by class and name, then the shapes of weights. */
async function digestOf(model: LayersModel): Promise<string> {
  const { config } = JSON.parse(await model.toJSON())
  const lines = config.layers.map((layer: { class_name: string; config: { name: string } }) => {
    return `${layer.class_name} ${layer.config.name}`
  })
  const shapes = model.weights.map(({ shape }) => shape.join('x'))
  return createHash('sha256')
    .update([...lines, ...shapes].join('\n'))
    .digest('hex')
    .slice(0, 16)
}

const variants = Object.entries(golden.networks).flatMap(([name, both]) =>
  (['top', 'no'] as const).flatMap((end) => (both[end] ? [{ name, end, expected: both[end] }] : [])),
)

test.each(sampled(variants, 5))('$name, $end', async ({ name, end, expected }) => {
  clearSession()
  const { model, trained } = makeApplication(architectureOf(name), { includeTop: end === 'top' })
  const [layers, weights, digest, path, sum] = expected
  expect(model.layers).toHaveLength(layers)
  expect(model.countParams()).toBe(weights)
  expect(await digestOf(model)).toBe(digest)
  expect(trained).toMatchObject({ origin: `https://storage.googleapis.com/${path}`, hash: sum })
})

/** The n-th of numbers from -1 to 1, of a row that `k` names. */
function drawn(k: number, n: number): number {
  let x = (Math.imul(n, 2654435761) + Math.imul(k, 40503) + 1) >>> 0
  x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0
  x = Math.imul(x ^ (x >>> 13), 3266489917) >>> 0
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1
}

/** Weights of a size with which numbers neither vanish nor grow beyond bounds. */
function weightOf({ path, shape }: WeightInfo, k: number, gain: number): Tensor {
  const last = path.split('/').at(-1) ?? ''
  const isDepthwise =
    last.includes('depthwise') || (last === 'kernel' && shape.length === 4 && shape[3] === 1 && shape[0]! > 1)
  const fan = isDepthwise ? shape[0]! * shape[1]! : sizeOf(shape.slice(0, -1))
  const numbers: Readonly<Record<string, readonly [mean: number, spread: number]>> = {
    count: [0, 0],
    variance: [1, 0.5],
    moving_variance: [1, 0.5],
    gamma: [1, 0.2],
  }
  const [mean, spread] = (path.includes('layer_scale') ? undefined : numbers[last]) ?? [
    0,
    shape.length > 1 ? gain * Math.sqrt(6 / fan) : 0.1,
  ]
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => mean + spread * drawn(k, i)),
    shape,
  )
}

async function expectPrediction(
  { name, options, count, first, sum, gain = 1 }: Prediction,
  tolerance: number,
): Promise<void> {
  clearSession()
  const { model } = makeApplication(architectureOf(name), { weights: null, ...options })
  await model.setWeights(model.weights.map((weight, k) => weightOf(weight, k, gain)))
  const shape = [2, ...(model.inputs[0]?.shape.slice(1) ?? [])] as number[]
  const takesBytes = /^(MobileNetV3|Efficient|ConvNeXt)/.test(name)
  const x = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const brightness = Math.fround((drawn(9999, i) + 1) * 127.5)
    return takesBytes ? brightness : Math.fround(brightness / 127.5) - 1
  })
  const { data } = await model.predict(tensor(x, shape))
  model.dispose()
  const magnitudes = data.map(Math.abs)
  const largest = Math.max(...magnitudes)
  expect(data).toHaveLength(count)
  first.forEach((value, i) => {
    expect(Math.abs((data[i] ?? Number.NaN) - value), `output ${i}`).toBeLessThan(tolerance * largest)
  })
  expect(magnitudes.reduce((total, value) => total + value, 0) / sum).toBeCloseTo(1, 4)
}

const small = ['MobileNetV2', 'MobileNetV3Small']

test.each(chosen(golden.predictions, ({ name }) => small.includes(name)))(
  'on the CPU $name $options predicts what it does in Keras',
  async (prediction) => {
    await chooseBackend('cpu')
    await expectPrediction(prediction, 1e-4)
  },
)

/** The weights of larger networks lie in more than one buffer of a device without raised limits may hold. */
const MOST = 2 ** 27 / 4
const onWebGpu = golden.predictions.filter(({ name }) => (golden.networks[name]?.no?.[1] ?? 0) < MOST)

test.each(chosen(onWebGpu, (_, i) => i === 1))(
  'on WebGPU $name $options predicts what it does in Keras',
  async (prediction) => {
    await chooseBackend('webgpu')
    await expectPrediction(prediction, 1e-4)
  },
  isLong ? 300_000 : 60_000,
)
