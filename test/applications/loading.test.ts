/** Weights of networks: from where Keras has them, once, and from other places; options that are refused. No test reads the network. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import {
  type ApplicationOptions,
  CustomScaleLayer,
  DenseNet121,
  EfficientNetB0,
  LayerScale,
  MobileNet,
  MobileNetV2,
  MobileNetV3Small,
  NASNetMobile,
  ResNet50,
  VGG16,
} from '../../src/applications.ts'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import {
  clearSession,
  config,
  Dense,
  Input,
  type LayersModel,
  loadModel,
  Model,
  type Tensor,
} from '../../src/index.ts'
import { expectError } from '../support/expectError.ts'
import { endMemoryFiles, useMemoryFiles } from '../support/memoryFiles.ts'

/** A file of weights of the smallest network. */
const small = { alpha: 0.25, includeTop: false, inputShape: [32, 32, 3] } as const
let file = new Uint8Array()
let kernel: Tensor | undefined

const fetched = vi.fn(async (_address: string | URL) => new Response(file))

beforeAll(async () => {
  vi.stubGlobal('fetch', fetched)
  const source = await MobileNet({ ...small, weights: null })
  kernel = (await source.getWeights())[0]
  const contents = useMemoryFiles()
  await source.saveWeights('weights.h5')
  file = contents.get('weights.h5') as Uint8Array<ArrayBuffer>
  endMemoryFiles()
})
afterAll(() => vi.unstubAllGlobals())
afterEach(() => {
  endMemoryFiles()
  fetched.mockClear()
})

const kernelOf = async (model: LayersModel) => (await model.getWeights())[0]?.data

test("Keras's weights are fetched once, and kept where Keras keeps them", async () => {
  const contents = useMemoryFiles()
  const model = await MobileNet(small)
  expect(fetched.mock.calls.map(([address]) => String(address))).toEqual([
    'https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_2_5_224_tf_no_top.h5',
  ])
  expect([...contents.keys()]).toEqual(['models/mobilenet_2_5_224_tf_no_top.h5'])
  expect(await kernelOf(model)).toEqual(kernel?.data)
  await MobileNet(small)
  expect(fetched).toHaveBeenCalledTimes(1)
})

test('a file that is not the one of Keras is refused by its sum', async () => {
  useMemoryFiles()
  await expect(ResNet50({ includeTop: false })).rejects.toThrow(
    /^ResNet50: expected the file that Keras loads, of the sum 4d473c1dd8becc155b73f8504c6f6626/,
  )
})

test('other files of weights, and random ones', async () => {
  const told: number[] = []
  const loaded = await MobileNet({ ...small, weights: file, onProgress: (bytes) => told.push(bytes) })
  expect(await kernelOf(loaded)).toEqual(kernel?.data)
  expect(told.at(-1)).toBe(file.length)
  expect(await kernelOf(await MobileNet({ ...small, weights: null }))).not.toEqual(kernel?.data)
  expect(fetched).not.toHaveBeenCalled()
})

test('reading ends with its signal', async () => {
  useMemoryFiles()
  const signal = AbortSignal.abort()
  await expect(MobileNet({ ...small, signal })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  )
})

test('names, shapes and tensors as in Keras', async () => {
  const random = { weights: null, includeTop: false } as const
  const named = async (model: Promise<LayersModel>) => (await model).name
  expect(await named(MobileNet({ ...random, alpha: 0.5 }))).toBe('mobilenet_0.50_None')
  expect(await named(MobileNetV2({ weights: null, inputShape: [96, 96, 3] }))).toBe('mobilenetv2_1.00_96')
  expect(await named(VGG16({ ...random, name: 'backbone' }))).toBe('backbone')
  const open = await VGG16(random)
  expect(open.outputs[0]?.shape).toEqual([null, null, null, 512])
  const input = Input([64, 64, 3])
  const shared = await VGG16({ ...random, inputTensor: input, pooling: 'max' })
  expect(shared.inputs[0]).toBe(input)
  expect(shared.outputs[0]?.shape).toEqual([null, 512])
  // What the tensor is computed of is the input.
  const computed = await VGG16({ ...random, inputTensor: Dense(3)(input) })
  expect(computed.inputs).toEqual([input])
  expect((await MobileNetV3Small({ weights: null })).inputs[0]?.shape).toEqual([null, null, null, 3])
  expect((await NASNetMobile(random)).inputs[0]?.shape).toEqual([null, 224, 224, 3])
  config.setImageDataFormat('channels_first')
  expect((await VGG16({ weights: null, classes: 7 })).inputs[0]?.shape).toEqual([null, 3, 224, 224])
  config.setImageDataFormat('channels_last')
})

test('a network trains as a part of another model, where it is not frozen', async () => {
  const base = await MobileNetV2({
    weights: null,
    includeTop: false,
    pooling: 'avg',
    alpha: 0.35,
    inputShape: [32, 32, 3],
  })
  base.trainable = false
  const input = Input([32, 32, 3])
  const model = Model(input, Dense(1)(base(input)))
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  const before = await base.getWeights()
  const x = Array.from({ length: 2 }, (_, i) =>
    Array.from({ length: 32 }, () => Array.from({ length: 32 }, () => [i, 1, 0])),
  )
  await model.fit(x, [[1], [0]], { epochs: 1, verbose: 0 })
  expect((await base.getWeights()).map(({ data }) => data)).toEqual(before.map(({ data }) => data))
  expect(model.trainableWeights).toHaveLength(2)
})

const refused: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  [
    'classes',
    () => VGG16({ classes: 10 }),
    'VGG16, classes: expected 1000, which weights of ImageNet have, got 10. Give includeTop: false and a Dense of your own, or weights: null.',
  ],
  [
    'activation',
    () => VGG16({ classifierActivation: 'relu' }),
    "VGG16, classifierActivation: expected 'softmax' or null, which weights of ImageNet were trained with, got 'relu'.",
  ],
  [
    'size of the top',
    () => ResNet50({ inputShape: [200, 200, 3] }),
    'ResNet50, inputShape: expected [224, 224, 3], which the top was trained on, got [200, 200, 3]. Give includeTop: false, or weights: null.',
  ],
  [
    'channels',
    () => ResNet50({ includeTop: false, inputShape: [64, 64, 1] }),
    'ResNet50, inputShape: expected 3 channels, which weights of ImageNet take, [rows, columns, channels], got [64, 64, 1]. Give weights: null for random ones.',
  ],
  [
    'small images',
    () => EfficientNetB0({ includeTop: false, inputShape: [16, 64, 3] }),
    'EfficientNetB0, inputShape: expected at least 32 rows and columns, got [16, 64, 3].',
  ],
  [
    'open images',
    () => VGG16({ weights: null, inputShape: [null, null, 3] }),
    'VGG16, inputShape: expected rows and columns, which the top needs, got [null, null, 3]. Give includeTop: false.',
  ],
  [
    'axes',
    () => VGG16({ includeTop: false, inputShape: [64, 64] }),
    'VGG16, inputShape: expected an image, [rows, columns, channels], got [64, 64].',
  ],
  [
    'a tensor',
    () => VGG16({ includeTop: false, inputTensor: Input([8, 8, 3]) }),
    'VGG16, inputTensor: expected at least 32 rows and columns, got [8, 8, 3].',
  ],
  [
    'a factor',
    () => MobileNetV2({ alpha: 0.6 }),
    'MobileNetV2, alpha: expected one of 0.35, 0.5, 0.75, 1, 1.3, 1.4, for which there are weights of ImageNet, got 0.6. Give weights: null for random ones.',
  ],
  [
    'a multiplier',
    () => MobileNet({ depthMultiplier: 2 }),
    'MobileNet, depthMultiplier: expected 1, for which there are weights of ImageNet, got 2. Give weights: null for random ones.',
  ],
  [
    'weights',
    () => VGG16({ weights: 3 as never }),
    "VGG16: expected weights to be 'imagenet', null, or where a file of weights is, got 3.",
  ],
  [
    'pooling',
    () => VGG16({ pooling: 'mean' as never }),
    "VGG16: expected pooling to be one of 'avg', 'max', got \"mean\".",
  ],
  [
    'an option',
    () => VGG16({ include_top: false } as ApplicationOptions),
    "VGG16: expected one of its options, got 'include_top'. Did you mean 'includeTop'?",
  ],
]

test.each(refused)('%s', async (_, attempt, message) => {
  await expectError(attempt, message)
  expect(fetched).not.toHaveBeenCalled()
})

test('the order of axes that a network has', async () => {
  config.setImageDataFormat('channels_first')
  try {
    await expectError(
      () => DenseNet121({ weights: null }),
      "DenseNet121: expected channels behind rows and columns, got 'channels_first'. Call config.setImageDataFormat('channels_last').",
    )
  } finally {
    config.setImageDataFormat('channels_last')
  }
})

test('layers that networks alone have stand in files by the modules of these networks', async () => {
  clearSession()
  const [x, y] = [Input([2, 3]), Input([2, 3])]
  const model = Model([x, y], LayerScale(0.5, 3)(CustomScaleLayer(0.1)([x, y])))
  const contents = useMemoryFiles()
  await model.save('model.keras')
  const loaded = await loadModel('model.keras')
  expect(contents.size).toBe(1)
  const data = [
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      [
        [10, 20, 30],
        [40, 50, 60],
      ],
    ],
  ]
  const [before, after] = [await model.predict(data), await loaded.predict(data)]
  expect(before.toArray()).toEqual([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ])
  expect(after).toEqual(before)
  expect(await toKeras(model)).toContain('keras.src.applications.inception_resnet_v2.CustomScaleLayer(0.1)(')
  expect(await toTypeScript(model)).toContain(
    "import { Input, Model } from 'recurra'\nimport { CustomScaleLayer, LayerScale } from 'recurra/applications'\n",
  )
  await expect(model.save('model.h5')).rejects.toThrow(
    /CustomScaleLayer "custom_scale_layer.*": expected layers alone, for a whole model as .h5, got a layer of networks alone/,
  )
  const written = JSON.parse(await model.toJSON())
  expect(written.config.layers.slice(2).map((layer: { module: string }) => layer.module)).toEqual([
    'keras.src.applications.inception_resnet_v2',
    'keras.src.applications.convnext',
  ])
})

test("a class of the user's own is none of them", async () => {
  const config = {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'own',
      layers: [
        { module: 'keras.layers', class_name: 'InputLayer', config: { batch_shape: [null, 3], name: 'x' } },
        {
          module: null,
          class_name: 'LayerScale',
          config: { init_values: 1, projection_dim: 3 },
          registered_name: 'Own>LayerScale',
        },
      ],
    },
  }
  const { modelFromJSON } = await import('../../src/index.ts')
  await expect(modelFromJSON(JSON.stringify(config))).rejects.toThrow(
    /LayerScale .*: write a class that extends Layer, and call register/,
  )
})
