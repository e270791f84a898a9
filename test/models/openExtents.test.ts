/** Models whose inputs leave extents open: each call's data say them, and the model does what one of these extents does. */
import { afterAll, describe, expect, test } from 'vitest'
import {
  AveragePooling2D,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Conv2D,
  Conv2DTranspose,
  ConvLSTM2D,
  Cropping2D,
  Dense,
  DepthwiseConv2D,
  Flatten,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  Input,
  Layer,
  LayerNormalization,
  type LayersModel,
  LSTM,
  MaxPooling1D,
  MaxPooling2D,
  ops,
  PReLU,
  Reshape,
  SeparableConv2D,
  Sequential,
  type SymbolicTensor,
  setBackend,
  setSeed,
  type Tensor,
  TimeDistributed,
  UpSampling2D,
  ZeroPadding2D,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const ROWS = 5

interface Variant {
  readonly shapes: readonly (readonly number[])[]
  readonly open: readonly (number | null)[]
  layers(): Parameters<typeof Sequential>[0]
}

const variants: Readonly<Record<string, Variant>> = {
  'many to one': {
    open: [null, 2],
    shapes: [
      [3, 2],
      [6, 2],
    ],
    layers: () => [LSTM(3), Dense(1)],
  },
  'many to many': {
    open: [null, 2],
    shapes: [
      [1, 2],
      [5, 2],
    ],
    layers: () => [
      Bidirectional(LSTM(2, { returnSequences: true })),
      BatchNormalization(),
      TimeDistributed(Sequential([Dense(3, { activation: 'tanh' })])),
      Dense(2, { activation: 'softmax' }),
    ],
  },
  convolutions: {
    open: [null, 2],
    shapes: [
      [9, 2],
      [6, 2],
    ],
    layers: () => [Conv1D(3, 3, { activation: 'relu' }), MaxPooling1D(2), GlobalAveragePooling1D(), Dense(1)],
  },
  images: {
    open: [null, null, 1],
    shapes: [
      [4, 5, 1],
      [6, 3, 1],
    ],
    layers: () => [Conv2D(2, 3, { padding: 'same' }), Conv2DTranspose(1, 2, { strides: 2 })],
  },
  'convolutions, pools and paddings of images': {
    open: [null, null, 3],
    shapes: [
      [8, 11, 3],
      [11, 7, 3],
    ],
    layers: () => [
      ZeroPadding2D(1),
      Conv2D(2, 3, { strides: 2, activation: 'relu' }),
      DepthwiseConv2D(2, { padding: 'same' }),
      UpSampling2D(2),
      AveragePooling2D(2, { strides: 1 }),
      MaxPooling2D(2, { padding: 'same' }),
      SeparableConv2D(2, 2),
      Cropping2D([
        [0, 1],
        [1, 0],
      ]),
    ],
  },
  'channels of images': {
    open: [null, null, 2],
    shapes: [
      [3, 4, 2],
      [5, 2, 2],
    ],
    layers: () => [BatchNormalization(), GlobalAveragePooling2D({ keepdims: true }), Dense(2)],
  },
  frames: {
    open: [null, null, null, 1],
    shapes: [
      [2, 3, 4, 1],
      [3, 4, 2, 1],
    ],
    layers: () => [
      ConvLSTM2D(2, 2, { padding: 'same', returnSequences: true }),
      TimeDistributed(Conv2D(1, 1)),
      Reshape([-1, 1]),
      LSTM(2),
    ],
  },
  'images to numbers': {
    open: [null, 4, 1],
    shapes: [
      [4, 4, 1],
      [7, 4, 1],
    ],
    layers: () => [Conv2D(2, 2), GlobalMaxPooling2D(), Dense(1)],
  },
}

const made = ({ layers }: Variant, shape: readonly (number | null)[]): LayersModel => {
  setSeed(3)
  const model = Sequential([Input([...shape]), ...(layers() ?? [])])
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model
}

onCpuFirst((backend) => {
  test.each(sampledOnGpu(backend, Object.entries(variants), 6))('%s', async (_name, variant) => {
    const open = made(variant, variant.open)
    for (const shape of variant.shapes) {
      const closed = made(variant, shape)
      closed.setWeights(await open.getWeights())
      const x = uniform([ROWS, ...shape], -1, 1, 1)
      const predicted = await open.predict(x)
      expect(predicted).toEqual(await closed.predict(x))
      const y = uniform(predicted.shape, 0, 1, 2)
      const options = { batchSize: 2, shapes: shape }
      expect(open.plan(options).kernels).toEqual(closed.plan({ batchSize: 2 }).kernels)
      const gradients = [await open.gradients(x, y), await closed.gradients(x, y)].map(Object.values)
      expect(gradients[0]).toEqual(gradients[1])
      expect(await open.evaluate(x, y, quiet)).toEqual(await closed.evaluate(x, y, quiet))
      closed.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
      open.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
      const runs: unknown[] = []
      for (const model of [open, closed]) {
        setSeed(4)
        const { history } = await model.fit(x, y, { ...quiet, epochs: 2, batchSize: 2 })
        runs.push([history, await weightsOf(model)])
      }
      expect(runs[0]).toEqual(runs[1])
      closed.dispose()
    }
    open.dispose()
  })

  test('a list of sequences of different lengths is trained in buckets of equal ones', async () => {
    const variant = variants['many to one'] as Variant
    const lengths = [3, 5, 3, 3, 5, 2]
    const sequences = lengths.map((time, i) => uniform([time, 2], -1, 1, i))
    const targets = lengths.map((_, i) => [i / 6])
    const ragged = sequences.map((sequence) => sequence.toArray()) as number[][][]
    const settings = { ...quiet, batchSize: 2, epochs: 2 }

    const [fitted, stepped] = [made(variant, variant.open), made(variant, variant.open)]
    const { history } = await fitted.fit(ragged, targets, { ...settings, shuffle: false })
    const losses: number[] = []
    for (let epoch = 0; epoch < 2; epoch++) {
      let sum = 0
      for (const rows of [[0, 2], [3], [1, 4], [5]]) {
        const batch = [rows.map((i) => ragged[i] ?? []), rows.map((i) => targets[i] ?? [])] as const
        const [loss = 0] = [await stepped.trainOnBatch(...batch)].flat()
        sum += loss * rows.length
      }
      losses.push(sum / 6)
    }
    expect(await weightsOf(fitted)).toEqual(await weightsOf(stepped))
    expectClose('losses', history.loss ?? [], losses, 1e-6)

    const shuffled: number[][] = []
    for (const seed of [1, 1, 2]) {
      const model = made(variant, variant.open)
      setSeed(seed)
      await model.fit(sequences, targets, settings)
      shuffled.push(await weightsOf(model))
    }
    expect(shuffled[1]).toEqual(shuffled[0])
    expect(shuffled[2]).not.toEqual(shuffled[0])
  })

  test('batches of a stream differ in length', async () => {
    const variant = variants['many to one'] as Variant
    const [streamed, stepped] = [made(variant, variant.open), made(variant, variant.open)]
    const batches = [3, 7, 3, 1].map((time, i): [Tensor, Tensor] => [
      uniform([2 + (i % 2), time, 2], -1, 1, i),
      uniform([2 + (i % 2), 1], -1, 1, 10 + i),
    ])
    await streamed.fit(batches[Symbol.iterator](), null, quiet)
    for (const [x, y] of batches) await stepped.trainOnBatch(x, y)
    expect(await weightsOf(streamed)).toEqual(await weightsOf(stepped))
    expect((await streamed.predict(rowsOf(batches[1]?.[0] as Tensor, 0, 1))).shape).toEqual([1, 1])
  })
})

describe('what is said of open extents', () => {
  afterAll(() => setBackend('cpu'))

  const known = (what: string, axis: number, shape: string): string =>
    `expected a known number of ${what} (axis ${axis}), got ${shape}. Give it in inputShape.`
  test.each<[string, (number | null)[], () => unknown[], string]>([
    ['Dense on Flatten', [null, 3], () => [Flatten(), Dense(1)], known('features', 1, '[batch, null]')],
    ['Dense', [4, null], () => [Dense(1)], known('features', 2, '[batch, 4, null]')],
    ['LSTM', [4, null], () => [LSTM(1)], known('features', 2, '[batch, 4, null]')],
    ['Conv2D', [4, 4, null], () => [Conv2D(1, 2)], known('channels', 3, '[batch, 4, 4, null]')],
    ['BatchNormalization', [4, null], () => [BatchNormalization()], known('channels', 2, '[batch, 4, null]')],
    ['LayerNormalization', [4, null], () => [LayerNormalization()], known('features', 2, '[batch, 4, null]')],
    ['PReLU', [null, 4], () => [PReLU()], known('elements', 1, '[batch, null, 4]')],
    [
      'ConvLSTM2D with states',
      [2, null, 3, 1],
      () => [ConvLSTM2D(1, 2, { stateful: true })],
      'expected known extents of space, of which stateful layers keep states, got [batch, 2, null, 3, 1]',
    ],
  ])('%s needs the extent', (_name, shape, layers, message) => {
    expect(() => Sequential([Input(shape), ...(layers() as Layer[])])).toThrow(message)
  })

  test('a summary has None for them', () => {
    let text = ''
    made(variants['many to many'] as Variant, [null, 2]).summary({ printFn: (line) => (text += line) })
    expect(text).toContain('(None, None, 4)')
  })

  test('the shape of targets is that of the outputs for the data', async () => {
    const model = made(variants['many to many'] as Variant, [null, 2])
    await expect(
      model.fit(uniform([2, 3, 2], -1, 1, 1), uniform([2, 4, 2], -1, 1, 2), quiet),
    ).rejects.toThrow('targets [batch, 3, 2] for predictions [batch, 3, 2], got [2, 4, 2]')
  })
})

/** Makes tensors of the sizes of its input, the batch among them. */
class OfSizes extends Layer {
  override call(x: SymbolicTensor) {
    const [batch = null, steps = null] = ops.shape(x)
    const row = ops.reshape(ops.arange(0, steps), [1, -1])
    const parts = [
      ops.tile(row, [batch, 1]),
      ops.repeat(ops.multiply(row, 2), batch, 0),
      ops.add(ops.zeros([batch, steps]), ops.arange({ start: steps })),
      ops.multiply(ops.ones([batch, 1]), row),
      ops.full([batch, steps], 7),
    ]
    return ops.multiply(ops.stack(parts, -1), ops.expandDims(x, -1))
  }
}

onCpuFirst(() => {
  test('tensors of open sizes in a call', async () => {
    const model = Sequential([Input([null]), new OfSizes()])
    expect(model.outputs[0]?.shape).toEqual([null, null, 5])
    const rows = (steps: number) => Array.from({ length: steps }, (_, i) => [i, 2 * i, i, i, 7])
    for (const steps of [3, 4]) {
      const ones = [1, 1].map(() => Array<number>(steps).fill(1))
      expect((await model.predict(ones, quiet)).toArray()).toEqual([rows(steps), rows(steps)])
    }
  })
})

test('tensors of open sizes are for calls, which steps trace', () => {
  const x = Input([null, 2])
  expect(() => ops.zeros([x.shape[1] as never, 2])).toThrow(
    'ops.zeros: expected shape to be a list of integers',
  )
})
