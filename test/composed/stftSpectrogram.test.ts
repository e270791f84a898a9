/** STFTSpectrogram against Keras's numbers; kernels that learn; signals of any length; files. */
import { expect, test } from 'vitest'
import { toKeras } from '../../src/formats.ts'
import {
  type CallableLayer,
  Flatten,
  Input,
  loadModel,
  Sequential,
  SGD,
  STFTSpectrogram,
  type Tensor,
} from '../../src/index.ts'
import { chooseBackend, onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { leapingSignal as signal } from '../support/leapingSignal.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

/** A layer, the shape of signals and of its outputs, and these. */
type Row = readonly [
  name: string,
  make: () => CallableLayer,
  shape: readonly number[],
  output: readonly number[],
  expected: readonly number[],
]

const rows: readonly Row[] = [
  [
    'log',
    () => STFTSpectrogram('log', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 3],
    [-2.095773, -1.541286, -1.284843, -0.9971611, -1.120591, -1.284843, -2.383456, -1.167136, -0.8430105],
  ],
  [
    'magnitude',
    () => STFTSpectrogram('magnitude', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 3],
    [0.1229751, 0.2141056, 0.276694, 0.3689253, 0.326087, 0.276694, 0.09223132, 0.311257, 0.4304128],
  ],
  [
    'psd',
    () => STFTSpectrogram('psd', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 3],
    [0.01512288, 0.09168244, 0.07655955, 0.1361059, 0.2126654, 0.07655955, 0.008506616, 0.1937619, 0.1852552],
  ],
  [
    'real',
    () => STFTSpectrogram('real', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 3],
    [-0.1229751, 0.1998345, -0.276694, -0.3689253, 0.3228096, -0.276694, 0.09223132, -0.2613221, 0.4304128],
  ],
  [
    'imag',
    () => STFTSpectrogram('imag', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 3],
    [0, -0.07685945, 4.165944e-8, 0, 0.04611563, 5.241027e-8, 0, 0.1690908, -6.047338e-8],
  ],
  [
    'angle',
    () => STFTSpectrogram('angle', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 3],
    [Math.PI, -0.3671739, Math.PI, Math.PI, 0.141897, Math.PI, 0, 2.567288, -1.405009e-7],
  ],
  [
    'stft',
    () => STFTSpectrogram('stft', { frameLength: 4, frameStep: 3 }),
    [1, 10, 1],
    [3, 6],
    [
      -0.1229751, 0.1998345, -0.276694, 0, -0.07685945, 4.165944e-8, -0.3689253, 0.3228096, -0.276694, 0,
      0.04611563, 5.241027e-8, 0.09223132, -0.2613221, 0.4304128, 0, 0.1690908, -6.047338e-8,
    ],
  ],
  [
    'channels',
    () => STFTSpectrogram('magnitude', { frameLength: 4, frameStep: 3 }),
    [1, 10, 2],
    [3, 6],
    [
      0.2459502, 0.2050866, 0.1537189, 0.09223133, 0.396702, 0.5533879, 0.03074378, 0.3919078, 0.5533879,
      0.1229751, 0.1391984, 0.1537189, 0.1844627, 0.169788, 0.1537189, 0.3689253, 0.2826087, 0.1537189,
    ],
  ],
  [
    'image',
    () => STFTSpectrogram('magnitude', { frameLength: 4, frameStep: 3, expandDims: true }),
    [1, 7, 2],
    [2, 3, 2],
    [
      0.2459502, 0.09223133, 0.2050866, 0.396702, 0.1537189, 0.5533879, 0.03074378, 0.1229751, 0.3919078,
      0.1391984, 0.5533879, 0.1537189,
    ],
  ],
  [
    'first',
    () => STFTSpectrogram('magnitude', { frameLength: 4, frameStep: 3, dataFormat: 'channels_first' }),
    [1, 2, 7],
    [6, 2],
    [
      0.1229751, 0.3689253, 0.2141056, 0.326087, 0.276694, 0.276694, 0.2459502, 0.0003162278, 0.2617738,
      0.1956522, 0.276694, 0.276694,
    ],
  ],
  [
    'first image',
    () =>
      STFTSpectrogram('magnitude', {
        frameLength: 4,
        frameStep: 3,
        dataFormat: 'channels_first',
        expandDims: true,
      }),
    [1, 2, 7],
    [2, 2, 3],
    [
      0.1229751, 0.2141056, 0.276694, 0.3689253, 0.326087, 0.276694, 0.2459502, 0.2617738, 0.276694,
      0.0003162278, 0.1956522, 0.276694,
    ],
  ],
  [
    'same',
    () => STFTSpectrogram('magnitude', { frameLength: 4, frameStep: 3, padding: 'same' }),
    [1, 10, 1],
    [4, 3],
    [
      0.276694, 0.3618113, 0.4304129, 0.1844627, 0.2351447, 0.276694, 0.06148756, 0.2004249, 0.276694,
      0.01537189, 0.01537189, 0.01537189,
    ],
  ],
  [
    'hamming periodic',
    () =>
      STFTSpectrogram('magnitude', {
        frameLength: 5,
        fftLength: 8,
        window: 'hamming',
        periodic: true,
        scaling: 'spectrum',
      }),
    [1, 8, 1],
    [2, 5],
    [
      0.006280196, 0.07204805, 0.1179473, 0.1946246, 0.2460785, 0.114161, 0.1484164, 0.2054706, 0.1817426,
      0.09819519,
    ],
  ],
  [
    'numbers',
    () =>
      STFTSpectrogram('magnitude', { frameLength: 3, fftLength: 4, window: [0.5, 1, 0.25], scaling: null }),
    [1, 6, 1],
    [4, 3],
    [
      0.2119565, 0.209715, 0.4293478, 0.1467391, 0.2839121, 0.4184783, 0.1684783, 0.3492244, 0.4836957,
      0.01630434, 0.2847432, 0.1141304,
    ],
  ],
  [
    'none',
    () => STFTSpectrogram('magnitude', { frameLength: 3, window: null }),
    [1, 6, 1],
    [4, 3],
    [
      0.673913, 0.2430509, 0.8913043, 0.1521739, 0.3565483, 0.7173913, 0.02173911, 0.3919078, 0.673913,
      0.1956522, 0.7853215, 0.06521738,
    ],
  ],
  [
    'odd',
    () => STFTSpectrogram('psd', { frameLength: 3, fftLength: 5 }),
    [1, 6, 1],
    [4, 3],
    [
      0.01181474, 0.02362949, 0.01181474, 0.07986767, 0.1597353, 0.07986767, 0.1063327, 0.2126654, 0.1063327,
      0.004253308, 0.008506616, 0.004253308,
    ],
  ],
]

onCpuFirst(() => {
  test.each(rows)('%s', async (_, make, shape, output, expected) => {
    const layer = make()
    const y = await layer(signal(shape))
    expect(y.shape.slice(1)).toEqual(output)
    expect(layer.computeOutputShape([null, ...shape.slice(1)])).toEqual([null, ...output])
    expectClose('spectrogram', y.data, expected, 2e-6)
  })

  test('kernels learn, and not with trainable: false', async () => {
    for (const trainable of [true, false]) {
      const layer = STFTSpectrogram('log', { frameLength: 4, frameStep: 2, trainable })
      const model = Sequential([Input([9, 1]), layer, Flatten()])
      model.compile({ loss: 'mse', optimizer: SGD(0.1) })
      const before = await model.getWeights()
      expect(before.map(({ shape }) => shape)).toEqual([
        [4, 1, 3],
        [4, 1, 3],
      ])
      const y = uniform([2, 9], -1, 0, 1)
      if (trainable) await model.fit(uniform([2, 9, 1], -1, 1, 2), y, { ...quiet, epochs: 1 })
      const after = await model.getWeights()
      expect(String(after[0]?.data) !== String(before[0]?.data)).toBe(trainable)
      expect(model.trainableWeights.length).toBe(trainable ? 2 : 0)
      model.dispose()
    }
  })
})

test('signals of any length', async () => {
  await chooseBackend('cpu')
  const model = Sequential([Input([null, 1]), STFTSpectrogram('psd', { frameLength: 4, frameStep: 3 })])
  expect(model.outputShape).toEqual([null, null, 3])
  for (const length of [7, 10])
    expect((await model.predict<Tensor>(signal([1, length, 1]), quiet)).shape).toEqual([
      1,
      (length - 1) / 3,
      3,
    ])
  model.dispose()
})

test('files and code', async () => {
  await chooseBackend('cpu')
  const layer = STFTSpectrogram('stft', { frameLength: 3, window: [1, 2, 1], dataFormat: 'channels_first' })
  const model = Sequential([Input([2, 20]), layer])
  const x = signal([2, 2, 20])
  const expected = await model.predict<Tensor>(x, quiet)
  const again = await loadModel(await model.save())
  expect(await again.predict(x, quiet)).toEqual(expected)
  expect(await toKeras(model)).toMatch(
    /STFTSpectrogram\(\s*'stft',\s*frame_length=3,\s*window=\(1, 2, 1\),\s*data_format='channels_first'/,
  )
})

test.each<[string, () => unknown, string]>([
  [
    'steps beyond a frame',
    () => STFTSpectrogram('log', { frameLength: 4, frameStep: 5, name: 'a' }),
    'STFTSpectrogram "a": expected frameStep of at most frameLength, 4, got 5.',
  ],
  [
    'a transform of less than a frame',
    () => STFTSpectrogram('log', { frameLength: 4, fftLength: 2, name: 'a' }),
    'STFTSpectrogram "a": expected fftLength of at least frameLength, 4, got 2.',
  ],
  [
    'another window by name',
    () => STFTSpectrogram('log', { window: 'blackman' as never, name: 'a' }),
    'STFTSpectrogram "a": expected window to be \'hann\', \'hamming\' or a list of numbers, got "blackman". Give the numbers of another window.',
  ],
  [
    'a window of another length',
    () => STFTSpectrogram('log', { frameLength: 4, window: [1, 2], name: 'a' }),
    'STFTSpectrogram "a": expected a window of 4 numbers, got 2.',
  ],
  [
    'signals without channels',
    () => STFTSpectrogram('log', { name: 'a' })(Input([300])),
    'STFTSpectrogram "a": expected signals [batch, entries, channels], got [batch, 300].',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
