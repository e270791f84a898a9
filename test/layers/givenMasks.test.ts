// Masks that calls give: a place counts where its number is not 0, as Keras casts masks to booleans, whatever the number is and whether
// it came as a float or as an integer; and masks that are broadcast.
import { expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import {
  Add,
  AdditiveAttention,
  Attention,
  Average,
  BatchNormalization,
  Bidirectional,
  Concatenate,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  Dense,
  Embedding,
  GlobalAveragePooling1D,
  GRU,
  GroupQueryAttention,
  Input,
  initializers,
  LSTM,
  LSTMCell,
  Maximum,
  Minimum,
  Model,
  MultiHeadAttention,
  Multiply,
  Permute,
  Reshape,
  RNN,
  SimpleRNN,
  SimpleRNNCell,
  Softmax,
  Subtract,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { everyLayer } from '../support/everyLayer.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const [BATCH, TIME, FEATURES] = [2, 4, 3]
const x = uniform([BATCH, TIME, FEATURES], -1, 1, 1)
const valid = [1, 0, 1, 1, 1, 1, 0, 0]

/** Calls with a mask of time steps, by the classes whose layers compute by one. */
const calls: Readonly<Record<string, (x: SymbolicTensor, mask: SymbolicTensor) => SymbolicTensor>> = {
  LSTM: (x, mask) => LSTM(2, { returnSequences: true })(x, { mask }),
  GRU: (x, mask) => GRU(2)(x, { mask }),
  SimpleRNN: (x, mask) => SimpleRNN(2, { returnSequences: true, zeroOutputForMask: true })(x, { mask }),
  RNN: (x, mask) => RNN([LSTMCell(2), SimpleRNNCell(2)])(x, { mask }),
  Bidirectional: (x, mask) => Bidirectional(GRU(2, { returnSequences: true }))(x, { mask }),
  ConvLSTM1D: (x, mask) => ConvLSTM1D(1, 2)(Reshape([TIME, FEATURES, 1])(x), { mask }),
  ConvLSTM2D: (x, mask) => ConvLSTM2D(1, [1, 2])(Reshape([TIME, 1, FEATURES, 1])(x), { mask }),
  ConvLSTM3D: (x, mask) => ConvLSTM3D(1, [1, 1, 2])(Reshape([TIME, 1, 1, FEATURES, 1])(x), { mask }),
  TimeDistributed: (x, mask) =>
    TimeDistributed(Softmax())(x, { mask: Concatenate()([1, 1, 1].map(() => Reshape([TIME, 1])(mask))) }),
  Attention: (x, mask) => Attention()([x, x], { mask: [mask, mask] }),
  AdditiveAttention: (x, mask) => AdditiveAttention()([x, x], { mask: [mask, mask] }),
  MultiHeadAttention: (x, mask) =>
    Add()([
      MultiHeadAttention(2, 2)(x, x, { mask: [mask, null] }),
      MultiHeadAttention(2, 2)(x, x, { attentionMask: Reshape([1, TIME])(mask) }),
    ]),
  GroupQueryAttention: (x, mask) => GroupQueryAttention(2, 2, 1)(x, x, { mask: [mask, mask] }),
  GlobalAveragePooling1D: (x, mask) => GlobalAveragePooling1D()(x, { mask }),
  Multiply: (x, mask) => Multiply()([x, Dense(FEATURES)(x)], { mask: [mask, mask] }),
  Maximum: (x, mask) => Maximum()([x, Dense(FEATURES)(x)], { mask: [mask, null] }),
  Minimum: (x, mask) => Minimum()([x, Dense(FEATURES)(x)], { mask: [mask, mask] }),
  Add: (x, mask) => Add()([x, Dense(FEATURES)(x)], { mask: [mask, mask] }),
  Subtract: (x, mask) => Subtract()([x, Dense(FEATURES)(x)], { mask: [mask, mask] }),
  Average: (x, mask) => Average()([x, Dense(FEATURES)(x)], { mask: [mask, mask] }),
  Concatenate: (x, mask) => Concatenate()([x, Dense(2)(x)], { mask: [mask, mask] }),
  BatchNormalization: (x, mask) => BatchNormalization()(Dense(2)(x), { mask }),
  Softmax: (x, mask) => Softmax(1)(x, { mask: Reshape([TIME, 1])(mask) }),
}

/** Numbers that are no zeros stand for valid places. */
const kinds: readonly [name: string, dtype: 'int32' | null, of: (place: number) => number][] = [
  ['integers', 'int32', (place) => 3 - 2 * place || -5],
  ['fractions', null, (place) => 0.25 / (place + 1)],
  ['negative numbers', null, (place) => -1 - place],
]

/** A model of a call, whose loss sees the mask that the call's output has. */
function modelOf(
  connect: (x: SymbolicTensor, mask: SymbolicTensor) => SymbolicTensor,
  dtype: 'int32' | null,
) {
  setSeed(3)
  const [input, mask] = [Input([TIME, FEATURES]), Input([TIME], { dtype })]
  const model = Model([input, mask], connect(input, mask))
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

async function numbersOf(model: ReturnType<typeof modelOf>, mask: readonly number[]): Promise<number[]> {
  const inputs = [x, tensor(mask, [BATCH, TIME])]
  const { data, shape } = await model.predict<Tensor>(inputs)
  const y = tensor(new Float32Array(data.length), shape)
  const gradients = await model.gradients(inputs, y)
  const loss = await model.testOnBatch(inputs, y)
  return [...data, Number(loss), ...Object.values(gradients).flatMap((gradient) => [...gradient.data])]
}

test('the table has every layer that computes by masks', () => {
  const computing = [...everyLayer(recurra)].flatMap(([name, layer]) => (layer.takesMask ? [name] : []))
  expect(Object.keys(calls).sort()).toEqual(computing.sort())
})

onCpuFirst((backend) => {
  test.each(sampledOnGpu(backend, Object.entries(calls), 3))('%s', async (_name, connect) => {
    const floats = modelOf(connect, null)
    const expected = await numbersOf(floats, valid)
    expect(await numbersOf(floats, Array(BATCH * TIME).fill(1))).not.toEqual(expected)
    for (const [kind, dtype, of] of kinds) {
      const model = dtype ? modelOf(connect, dtype) : floats
      const numbers = await numbersOf(
        model,
        valid.map((isValid, place) => isValid * of(place)),
      )
      expect(numbers, kind).toEqual(expected)
      if (model !== floats) model.dispose()
    }
    floats.dispose()
  })

  test('ids, of which zeros pad, are a mask by themselves', async () => {
    const ids = Input([TIME], { dtype: 'int32' })
    const lstm = LSTM(2)
    const [attached, given] = [true, false].map((maskZero) => {
      const embed = Embedding(9, 2, {
        maskZero,
        embeddingsInitializer: initializers.RandomUniform({ seed: 4 }),
      })
      return maskZero ? lstm(embed(ids)) : lstm(embed(ids), { mask: ids })
    })
    const model = Model(ids, [attached as SymbolicTensor, given as SymbolicTensor])
    const [a, b] = await model.predict<Tensor[]>([
      [4, 7, 0, 1],
      [8, 0, 0, 0],
    ])
    expect(a?.data).toEqual(b?.data)
    model.dispose()
  })

  test.each([
    [TIME, 1],
    [1, FEATURES],
    [1, 1],
  ])('Softmax by a mask [batch, %i, %i]', async (...extents) => {
    const [input, mask] = [Input([TIME, FEATURES]), Input(extents)]
    const model = Model(
      [input, mask],
      [-1, 1, [1, 2]].map((axis) => Softmax({ axis })(input, { mask })),
    )
    const small = Float32Array.from({ length: BATCH * extents[0]! * extents[1]! }, (_, i) =>
      Number(i % 3 !== 1),
    )
    const outputs = await model.predict<Tensor[]>([x, tensor(small, [BATCH, ...extents])])
    const places = [...x.data.keys()].map((i) => [
      Math.floor(i / FEATURES / TIME),
      Math.floor(i / FEATURES) % TIME,
      i % FEATURES,
    ])
    const powers = places.map(([b = 0, t = 0, f = 0], i) => {
      const at = (b * extents[0]! + (t % extents[0]!)) * extents[1]! + (f % extents[1]!)
      return small[at] ? Math.exp(x.data[i] ?? 0) : 0
    })
    for (const [k, fixed] of [[0, 1], [0, 2], [0]].entries()) {
      const expected = powers.map((power, i) => {
        const own = powers.filter((_, j) => fixed.every((axis) => places[i]?.[axis] === places[j]?.[axis]))
        return power / (own.reduce((sum, value) => sum + value, 0) || 1)
      })
      expectClose(`output ${k}`, outputs[k]?.data, expected, 1e-6)
    }
    model.dispose()
  })

  test('masks of other forms: channels first, a broadcast axis, and axes of the layer inside', async () => {
    const [input, mask] = [Input([TIME, FEATURES]), Input([TIME])]
    const first = GlobalAveragePooling1D({ dataFormat: 'channels_first' })
    const column = Reshape([TIME, 1])(mask)
    const twice = TimeDistributed(Dense(2, { kernelInitializer: 'ones' }))
    const outputs = [
      GlobalAveragePooling1D()(input, { mask }),
      first(Permute([2, 1])(input), { mask }),
      BatchNormalization()(Reshape([TIME, FEATURES, 1])(input), { mask: column, training: true }),
      BatchNormalization()(Reshape([TIME, FEATURES, 1])(input), {
        mask: Concatenate()([column, column, column]),
        training: true,
      }),
      twice(input),
      twice(input, { mask: Concatenate()([column, column]) }),
    ]
    const model = Model([input, mask], outputs)
    const found = await model.predict<Tensor[]>([x, tensor(valid, [BATCH, TIME])])
    for (const k of [0, 2, 4]) expectClose(`output ${k}`, found[k + 1]?.data, found[k]?.data ?? [], 1e-6)
    model.dispose()
  })
})

test('a mask that does not broadcast is refused', () => {
  const softmax = (extents: number[]) =>
    Softmax({ name: 's' })(Input([TIME, FEATURES]), { mask: Input(extents) })
  expect(() => softmax([2, 1])).toThrow('Softmax "s": expected a mask')
  expect(() => softmax([TIME])).toThrow(
    'expected a mask of all axes of [batch, 4, 3], or with extents of 1, got one of 2 axes',
  )
  expect(() => BatchNormalization()(Input([TIME, FEATURES]), { mask: Input([2]) })).toThrow('expected a mask')
  expect(() => LSTM(2)(Input([TIME, FEATURES]), { mask: Input([1]) })).toThrow('expected a mask')
})
