/** Images as networks take them, by Keras's numbers, and classes of ImageNet by their names. */
import { describe, expect, test } from 'vitest'
import type { PreprocessInput } from '../../src/applications.ts'
import * as modules from '../../src/applications.ts'
import { Input, type LayersModel, Model, type SymbolicTensor, type Tensor, tensor } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { expectError } from '../support/expectError.ts'

const { imagenetUtils, vgg16 } = modules
/** The function of a module by its name. */
const preprocessingOf = (module: keyof typeof modules): PreprocessInput =>
  Object(Reflect.get(modules, module)).preprocessInput
const images = tensor(Float32Array.of(0, 128, 255, 10, 20, 30, 200, 100, 50, 1, 2, 3), [1, 2, 2, 3])

/** What Keras makes of these images. */
const EXPECTED = {
  caffe: [
    151.061, 11.221, -123.68, -73.939, -96.779, -113.68, -53.939, -16.779, 76.32, -100.939, -114.779, -122.68,
  ],
  tf: [
    -1, 0.0039215686, 1, -0.92156863, -0.84313725, -0.76470588, 0.56862745, -0.21568627, -0.60784314,
    -0.99215686, -0.98431373, -0.97647059,
  ],
  torch: [
    -2.117904, 0.20518207, 2.64, -1.9466564, -1.6855742, -1.2815686, 1.3070468, -0.28501397, -0.93298471,
    -2.1007792, -2.0007003, -1.7521568,
  ],
} as const

const expectSame = ({ data, shape }: Tensor, expected: Tensor): void => {
  expect(shape).toEqual(expected.shape)
  expectClose('images', data, expected.data, 1e-6)
}

const modes = ['caffe', 'tf', 'torch'] as const

const first = (last: Tensor): Tensor => {
  const data = Float32Array.from(last.data, (_, i) => last.data[(i % 4) * 3 + Math.floor(i / 4)] ?? 0)
  return tensor(data, [1, 3, 2, 2])
}

async function computed(x: Tensor, prepare: (x: SymbolicTensor) => SymbolicTensor): Promise<Tensor> {
  const input = Input(x.shape.slice(1))
  const model: LayersModel = Model(input, prepare(input))
  return (await model.predict(x)) as Tensor
}

describe.each(modes)('%s', (mode) => {
  const expected = tensor(Float32Array.from(EXPECTED[mode]), [1, 2, 2, 3])

  test('of data', () => {
    expectSame(imagenetUtils.preprocessInput(images, { mode }), expected)
    const turned = imagenetUtils.preprocessInput(first(images), { mode, dataFormat: 'channels_first' })
    expectSame(turned, first(expected))
  })

  test('in a model', async () => {
    expectSame(await computed(images, (x) => imagenetUtils.preprocessInput(x, { mode })), expected)
    const options = { mode, dataFormat: 'channels_first' } as const
    const turned = await computed(first(images), (x) => imagenetUtils.preprocessInput(x, options))
    expectSame(turned, first(expected))
  })
})

test.each([
  ['vgg16', 'caffe'],
  ['vgg19', 'caffe'],
  ['resnet50', 'caffe'],
  ['resnet', 'caffe'],
  ['resnetV2', 'tf'],
  ['densenet', 'torch'],
  ['xception', 'tf'],
  ['inceptionV3', 'tf'],
  ['inceptionResnetV2', 'tf'],
  ['mobilenet', 'tf'],
  ['mobilenetV2', 'tf'],
  ['nasnet', 'tf'],
] as const)('%s prepares them by %s', (module, mode) => {
  const expected = tensor(Float32Array.from(EXPECTED[mode]), [1, 2, 2, 3])
  expectSame(preprocessingOf(module)(images), expected)
})

test.each(['mobilenetV3', 'efficientnet', 'efficientnetV2', 'convnext'] as const)(
  '%s leaves them as they are',
  (module) => {
    const input = Input([2, 2, 3])
    expect(preprocessingOf(module)(input)).toBe(input)
    expect(preprocessingOf(module)(images.toArray<number[][][][]>()).toArray()).toEqual(images.toArray())
  },
)

const names = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, [`n${i}`, `class ${i}`]]))
const path = new TextEncoder().encode(JSON.stringify(names))

test('the most probable classes come first, of equal ones the later as in Keras', async () => {
  const data = new Float32Array(2000)
  data.set([0.1, 0.5, 0.1, 0.3])
  data[1999] = 1
  const decoded = await vgg16.decodePredictions(tensor(data, [2, 1000]), { top: 3, path })
  expect(decoded[0]?.map(([id, name]) => [id, name])).toEqual([
    ['n1', 'class 1'],
    ['n3', 'class 3'],
    ['n2', 'class 2'],
  ])
  expect(decoded[1]?.[0]).toEqual(['n999', 'class 999', 1])
  expect((await imagenetUtils.decodePredictions(tensor(data, [2, 1000]), { path }))[0]).toHaveLength(5)
})

test('what is refused says why', async () => {
  const { decodePredictions, preprocessInput } = imagenetUtils
  await expectError(
    () => decodePredictions([[1, 2]], { path }),
    'decodePredictions: expected predictions [batch, 1000], got [1, 2].',
  )
  await expectError(
    () => decodePredictions(tensor(new Float32Array(1000), [1, 1000]), { path: Uint8Array.of(1) }),
    'decodePredictions: expected classes of ImageNet as JSON, got another file.',
  )
  await expectError(
    () =>
      decodePredictions(tensor(new Float32Array(1000), [1, 1000]), { path: new TextEncoder().encode('{}') }),
    'decodePredictions: expected the id and the name of class 0, got none.',
  )
  await expectError(
    () => preprocessInput([[1, 2, 3]]),
    'preprocessInput: expected images [rows, columns, 3], or a batch of such, got [1, 3].',
  )
  await expectError(
    () => preprocessInput(images, { dataFormat: 'channels_first' }),
    'preprocessInput: expected images [3, rows, columns], or a batch of such, got [1, 2, 2, 3].',
  )
  await expectError(
    () => preprocessInput(images, { mode: 'keras' as never }),
    "preprocessInput: expected mode to be one of 'caffe', 'tf', 'torch', got \"keras\".",
  )
})
