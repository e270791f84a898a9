/** MelSpectrogram against Keras's numbers, and its files. */
import { expect, test } from 'vitest'
import { toKeras } from '../../src/formats.ts'
import {
  type CallableLayer,
  Input,
  loadModel,
  MelSpectrogram,
  Sequential,
  type Tensor,
} from '../../src/index.ts'
import { chooseBackend, onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { leapingSignal as signal } from '../support/leapingSignal.ts'
import { quiet } from '../support/models.ts'

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
    'mel',
    () => MelSpectrogram(16, 8, { numMelBins: 3, minFreq: 100, samplingRate: 8000 }),
    [2, 24],
    [3, 4],
    [
      -7.302602, -12.17058, -10.54319, -3.562022, -3.050311, -2.094816, -2.163773, -3.219278, -0.3324881,
      2.048782, 2.115822, 4.180268, -18.6428, -13.25461, -8.742765, -1.250442, -5.113096, -2.097488,
      -2.415991, -5.186151, 1.582814, 2.034033, 2.315979, 3.424256,
    ],
  ],
  [
    'mel plain',
    () => MelSpectrogram(16, 8, { powerToDb: false, numMelBins: 3, minFreq: 100, samplingRate: 8000 }),
    [1, 24],
    [3, 4],
    [
      0.1860972, 0.06066549, 0.08824316, 0.4403498, 0.4954147, 0.6173314, 0.6076069, 0.4765102, 0.926299,
      1.602796, 1.62773, 2.618345,
    ],
  ],
  [
    'mel magnitude',
    () =>
      MelSpectrogram(16, 8, {
        sequenceLength: 12,
        powerToDb: false,
        magExp: 1,
        window: 'hamming',
        maxFreq: 3000,
        numMelBins: 3,
        minFreq: 100,
        samplingRate: 8000,
      }),
    [1, 24],
    [3, 4],
    [
      0.4323126, 0.1157623, 0.1967435, 0.5252653, 0.681451, 0.5449439, 0.5990805, 0.6763751, 0.5196218,
      1.038729, 0.9595031, 1.389933,
    ],
  ],
  [
    'mel db',
    () =>
      MelSpectrogram(16, 8, {
        topDb: 10,
        minPower: 1e-3,
        refPower: 4,
        numMelBins: 3,
        minFreq: 100,
        samplingRate: 8000,
      }),
    [2, 24],
    [3, 4],
    [
      -11.84033, -11.84033, -11.84033, -9.582623, -9.070911, -8.115417, -8.184373, -9.239878, -6.353088,
      -3.971818, -3.904778, -1.840332, -11.84033, -11.84033, -11.84033, -7.271042, -11.1337, -8.118089,
      -8.436591, -11.20675, -4.437786, -3.986567, -3.704621, -2.596344,
    ],
  ],
  [
    'mel none',
    () =>
      MelSpectrogram(16, 8, {
        powerToDb: false,
        window: null,
        numMelBins: 3,
        minFreq: 100,
        samplingRate: 8000,
      }),
    [1, 16],
    [3, 3],
    [0.05397816, 0.3819734, 0.05105882, 1.471022, 2.780481, 1.800345, 3.218486, 3.890795, 4.706913],
  ],
  [
    'mel default',
    () => MelSpectrogram(64, 40, { powerToDb: false, numMelBins: 4 }),
    [1, 80],
    [4, 3],
    [
      1.539591, 1.297462, 1.132388, 0.2988209, 1.5121, 1.372701, 9.74621, 9.47699, 9.849528, 22.9694,
      26.77655, 27.87395,
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
})

test('files and code, which say what defaults became', async () => {
  await chooseBackend('cpu')
  const layer = MelSpectrogram(16, 8, { numMelBins: 5, samplingRate: 8000 })
  expect(layer.getConfig()).toMatchObject({ sequenceLength: 16, maxFreq: 4000 })
  const model = Sequential([Input([40]), layer])
  const x = signal([2, 40])
  const expected = await model.predict<Tensor>(x, quiet)
  const again = await loadModel(await model.save())
  expect(await again.predict(x, quiet)).toEqual(expected)
  expect(await toKeras(model)).toMatch(/MelSpectrogram\(\s*16,\s*8,\s*sampling_rate=8000,\s*num_mel_bins=5/)
})

test.each<[string, () => unknown, string]>([
  [
    'signals with channels',
    () => MelSpectrogram({ name: 'a' })(Input([3000, 1])),
    'MelSpectrogram "a": expected signals [batch, entries], got [batch, 3000, 1]. Put Reshape([entries]) before it.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
