/** What `dataFormat: 'channels_first'` costs: transpositions of networks, as the plan tells them. */
import { expect, test } from 'vitest'
import {
  Activation,
  Add,
  BatchNormalization,
  type CallableLayer,
  Conv2D,
  ConvLSTM2D,
  Dense,
  Dropout,
  ELU,
  Flatten,
  GlobalAveragePooling2D,
  Input,
  type LayersModel,
  LeakyReLU,
  MaxPooling2D,
  Model,
  Multiply,
  Reshape,
  Sequential,
  TimeDistributed,
  UpSampling2D,
} from '../../src/index.ts'

const first = { dataFormat: 'channels_first' } as const

/** Transpositions in a step of a model. */
function transpositions(model: LayersModel, training: boolean): number {
  if (training) model.compile({ loss: 'mse', optimizer: 'sgd' })
  const { kernels } = model.plan({ batchSize: 2, training })
  return kernels.filter((name) => name.startsWith('transpose')).length
}

const block = (
  filters: number,
  format: 'channels_first' | 'channels_last' = 'channels_first',
): CallableLayer[] => [
  Conv2D(filters, 3, { padding: 'same', dataFormat: format }),
  BatchNormalization({ axis: format === 'channels_first' ? 1 : -1 }),
  Activation('relu'),
  MaxPooling2D(2, { dataFormat: format }),
]
const images = [3, 8, 12]

test('blocks of convolution, normalization, activation and pooling cost a transposition at the entry and one at the exit', () => {
  const layers = (format: 'channels_first' | 'channels_last'): CallableLayer[] => [
    ...block(4, format),
    ...block(5, format),
    Conv2D(2, 1, { dataFormat: format, activation: 'relu' }),
  ]
  const model = Sequential([Input(images), ...layers('channels_first')])
  const last = Sequential([Input([8, 12, 3]), ...layers('channels_last')])
  expect(transpositions(model, false)).toBe(2)
  // The gradient enters at the exit; the data need none.
  expect(transpositions(model, true)).toBe(3)
  last.compile({ loss: 'mse', optimizer: 'sgd' })
  const dispatches = (each: LayersModel): number => each.plan({ batchSize: 2, training: true }).dispatches
  expect(dispatches(model)).toBe(dispatches(last) + 3)
})

test.each<[string, () => LayersModel, number]>([
  ['Flatten ends in channels last', () => Sequential([Input(images), ...block(4), Flatten(first)]), 1],
  ['images of one channel lie alike', () => Sequential([Input([1, 8, 12]), ...block(4), Flatten(first)]), 0],
  [
    'activation layers, dropout in predictions and skips',
    () => {
      const input = Input(images)
      const a = LeakyReLU()(Conv2D(3, 3, { ...first, padding: 'same' })(input))
      const b = ELU()(BatchNormalization({ axis: 1 })(Conv2D(3, 3, { ...first, padding: 'same' })(a)))
      const c = Activation('tanh')(Add()([Dropout(0.5)(a), b]))
      return Model(input, Flatten(first)(UpSampling2D(2, first)(c)))
    },
    1,
  ],
  [
    'a factor for each channel',
    () => {
      const input = Input(images)
      const x = Conv2D(4, 3, first)(input)
      const gate = Dense(4, { activation: 'sigmoid' })(GlobalAveragePooling2D(first)(x))
      return Model(input, Flatten(first)(Multiply()([x, Reshape([4, 1, 1])(gate)])))
    },
    1,
  ],
  [
    'at every time step',
    () =>
      Sequential([
        Input([2, ...images]),
        TimeDistributed(Conv2D(4, 3, first)),
        Activation('relu'),
        TimeDistributed(MaxPooling2D(2, first)),
        ConvLSTM2D(2, 1, { ...first, returnSequences: true }),
        BatchNormalization({ axis: 2 }),
        TimeDistributed(Flatten(first)),
      ]),
    1,
  ],
])('%s', (_, make, expected) => {
  expect(transpositions(make(), false)).toBe(expected)
})
