// Cases whose numbers are not met, each with its reason. The test fails when a case is not met that is not here, and when one is met that
// is. docs/keras-compatibility.md lists them.

/** Some cases and why they are not met: `keras 1-3 8; tfjs 5` are cases 1, 2, 3 and 8 of Keras and case 5 of TensorFlow.js. */
export interface Exceptions {
  readonly status: 'disagree' | 'missing'
  readonly reason: string
  readonly cases: string
}

export const exceptions: readonly Exceptions[] = [
  {
    status: 'disagree',
    reason: 'TensorFlow.js frees layers by hand and then refuses them; Keras has no such thing',
    cases: 'tfjs 1626-1629',
  },
  {
    status: 'disagree',
    reason:
      'the output of a channels_first convolution has its channels last in TensorFlow.js, first in Keras 3',
    cases: 'tfjs 175-177',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js refuses to flatten rows and open extents; Keras 3 flattens them',
    cases: 'tfjs 1106-1108',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js refuses merges of a list of one input; Keras 3 takes them',
    cases: 'tfjs 1284 1305',
  },
  {
    status: 'disagree',
    reason:
      'of several outputs TensorFlow.js calls the validation loss of the first one val_loss; in Keras 3 that is their sum',
    cases: 'tfjs 1609-1610',
  },
  {
    status: 'disagree',
    reason: 'the mask of a recurrent layer goes on in TensorFlow.js; in Keras 3.16 it ends there',
    cases: 'tfjs 82',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js interpolates from corners of pixels, Keras 3 from their centers',
    cases: 'tfjs 627',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js takes no spaces in names of layers; Keras 3 does',
    cases: 'tfjs 1620',
  },
  {
    status: 'missing',
    reason: 'weights are floats: quantized ones are refused, and so are files of them',
    cases: 'keras 907-913 916-920 926-928 932-938 957-958 960-961',
  },
  {
    status: 'missing',
    reason: 'poolings of Keras have neither dilations nor padding of their own, nor indices of maxima',
    cases: 'onnx 25 27-28 34 38-42 47-48 52 57-61',
  },
  {
    status: 'missing',
    reason:
      'a layer does not work along the batch, whose size is no part of it; Keras 3 takes such an axis where the size is fixed',
    cases: 'tfjs 1171 1173 1175 1177-1178 1236 1300 1316',
  },
  {
    status: 'missing',
    reason:
      'GaussianDropout and AlphaDropout of rate 1, which Keras 3 makes and divides by zero in training, are refused at once',
    cases: 'tfjs 1361-1363 1373-1375',
  },
  {
    status: 'missing',
    reason: 'each library draws its own random numbers from a seed',
    cases: 'tfjs 997 1000 1357 1369 1381',
  },
  {
    status: 'missing',
    reason: 'classWeight of several outputs is refused, as in Keras 3',
    cases: 'tfjs 1584-1587 1590',
  },
  {
    status: 'missing',
    reason: 'a variable that takes its gradient as its value is a means of quantization',
    cases: 'keras 1372 1400 1402 1404 1406',
  },
  {
    status: 'missing',
    reason: 'BatchNormalization has one axis, as in Keras 3',
    cases: 'tfjs 1153-1155',
  },
  {
    status: 'missing',
    reason: 'layers are not tuned by matrices of low rank: loraRank is refused',
    cases: 'keras 162 925 959',
  },
  {
    status: 'missing',
    reason: 'transposed convolutions of Keras have no groups',
    cases: 'onnx 20-21',
  },
  {
    status: 'missing',
    reason: '4.0 is refused where 4 is not; they are one number in JavaScript',
    cases: 'keras 940 949',
  },
  {
    status: 'missing',
    reason: 'masks of more axes than predictions, in evaluate',
    cases: 'keras 1063',
  },
  {
    status: 'missing',
    reason: 'the LSTM of Keras has no peepholes',
    cases: 'onnx 4',
  },
  {
    status: 'missing',
    reason: 'targets that must be reshaped to predictions',
    cases: 'keras 1251',
  },
  {
    status: 'missing',
    reason: 'a tensor without elements is refused',
    cases: 'keras 809',
  },
  {
    status: 'missing',
    reason: 'a model called on inputs of another rank than its own is refused, as in Keras 3',
    cases: 'tfjs 137',
  },
]

/** The ids that some cases name. */
export function idsOf(cases: string): string[] {
  return cases.split('; ').flatMap((part) => {
    const [library, ...ranges] = part.split(' ')
    return ranges.flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => `${library}#${first + i}`)
    })
  })
}

/** The status and the reason of each case that is not met, by its id. */
export const exceptionOf: ReadonlyMap<string, Exceptions> = new Map(
  exceptions.flatMap((one) => idsOf(one.cases).map((id) => [id, one] as const)),
)
