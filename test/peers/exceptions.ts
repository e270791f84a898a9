// Cases whose numbers are not met, each with its reason. The test fails when a case is not met that is not here, and when one is met that is.

/** Some cases and why they are not met: `keras 1-3 8; tfjs 5` are cases 1, 2, 3 and 8 of Keras and case 5 of TensorFlow.js. */
interface Exceptions {
  readonly status: 'disagree' | 'missing'
  readonly reason: string
  readonly cases: string
}

export const exceptions: readonly Exceptions[] = [
  {
    status: 'disagree',
    reason: 'What is refused there was not recorded, or cannot be told in JavaScript (4.0 is 4).',
    cases: 'keras 949 964 967; tfjs 162',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js frees layers by hand; Keras has no such thing.',
    cases: 'tfjs 1626-1629',
  },
  {
    status: 'disagree',
    reason: 'The output of channels_first convolution has its channels last in TensorFlow.js.',
    cases: 'tfjs 175-177',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js refuses to flatten rows and open sizes; Keras 3 flattens them.',
    cases: 'tfjs 1106-1108',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js refuses merges of one input; Keras 3 takes them.',
    cases: 'tfjs 1284 1305',
  },
  {
    status: 'disagree',
    reason:
      'val_loss is that of the first output in TensorFlow.js, whose function sums losses one after the other.',
    cases: 'tfjs 1609-1610',
  },
  {
    status: 'disagree',
    reason: 'A vector is samples of one entry, and stays that without a reduction.',
    cases: 'keras 1066',
  },
  {
    status: 'disagree',
    reason: 'The mask of an RNN goes on in TensorFlow.js; in Keras 3 it ends there.',
    cases: 'tfjs 82',
  },
  {
    status: 'disagree',
    reason: 'TensorFlow.js interpolates from corners of pixels, Keras 3 from their centers.',
    cases: 'tfjs 627',
  },
  {
    status: 'missing',
    reason: 'The recording says that there is a test, and holds no numbers of it.',
    cases:
      'keras 134 136 138-139 816 859-860 1336-1337 1372 1400-1407; kerasjs 33-40 158-169; onnx 4 8 14-15 17 20-21 24-25 27-31 34 37-42 44-45 47-48 52 55-61 66-67 74-75 78-79 87-88 94-95 104-105 107-108 112-113 120-121 123-125',
  },
  {
    status: 'missing',
    reason: 'The mask was not recorded.',
    cases:
      'keras 9 53-54 73-74 89-92 108-109 128 135 137 140 142 473 475 477 479 775-776 861 1058-1061 1063-1065',
  },
  {
    status: 'missing',
    reason: 'Data, options or states that the test gives were not recorded.',
    cases: 'keras 162 830 915 925 939-947 956 959 1383-1384; tfjs 160 1254-1256 1527 1529-1531 1589',
  },
  {
    status: 'missing',
    reason: 'The cell of RNN was not recorded, and no weights tell it.',
    cases: 'keras 38 78 113-119; tfjs 0-11 57 85-87',
  },
  {
    status: 'missing',
    reason: 'Refused by design: quantized weights.',
    cases: 'keras 907-913 916-920 926-928 932-938 960-961',
  },
  {
    status: 'missing',
    reason: 'Refused by design: an axis of the batch, or BatchNormalization over several axes.',
    cases: 'tfjs 1153-1155 1171 1173 1175 1177-1178 1236 1300 1316',
  },
  {
    status: 'missing',
    reason: 'A function or a class of the test itself was not recorded.',
    cases: 'keras 1379; tfjs 1535 1542-1543 1622-1623 1630 1632-1633',
  },
  {
    status: 'missing',
    reason: 'Refused by design: dropping everything.',
    cases: 'tfjs 1361-1363 1373-1375',
  },
  {
    status: 'missing',
    reason: 'Random numbers: each library has its own generator.',
    cases: 'tfjs 997 1000 1357 1369 1381',
  },
  {
    status: 'missing',
    reason: 'Refused as in Keras 3: classWeight of several outputs.',
    cases: 'tfjs 1584-1587 1590',
  },
  {
    status: 'missing',
    reason: 'Refused by design: batch renormalization.',
    cases: 'keras 777-779',
  },
  {
    status: 'missing',
    reason: 'ops.logSoftmax takes one axis.',
    cases: 'keras 999-1001',
  },
  {
    status: 'missing',
    reason: 'Weights of single entries in metrics that count samples.',
    cases: 'keras 1243-1244',
  },
  {
    status: 'missing',
    reason: 'Refused by design: a batch of no samples.',
    cases: 'keras 809',
  },
  {
    status: 'missing',
    reason: 'Targets that must be reshaped to predictions.',
    cases: 'keras 1251',
  },
  {
    status: 'missing',
    reason: 'Refused as in Keras 3: a model called on inputs of another rank than its own.',
    cases: 'tfjs 137',
  },
]

/** The status and the reason of each case that is not met, by its id. */
export const exceptionOf: ReadonlyMap<string, Exceptions> = new Map(
  exceptions.flatMap((one) => idsOf(one.cases).map((id) => [id, one] as const)),
)

function idsOf(cases: string): string[] {
  return cases.split('; ').flatMap((part) => {
    const [library, ...ranges] = part.split(' ')
    return ranges.flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => `${library}#${first + i}`)
    })
  })
}
