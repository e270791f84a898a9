/**
 * Models written as TensorFlow.js writes them: read again, whole and quantized; what TensorFlow.js lacks is refused.
 * bench/peers/layersModels.ts has TensorFlow.js itself load such files.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  BatchNormalization,
  Bidirectional,
  type CallableLayer,
  Concatenate,
  Conv1D,
  Dense,
  DepthwiseConv2D,
  Embedding,
  Flatten,
  FormatError,
  GRU,
  GRUCell,
  Input,
  type LayersModel,
  LSTM,
  LSTMCell,
  loadModel,
  Model,
  ops,
  RNN,
  Sequential,
  SimpleRNN,
  StackedRNNCells,
  type SymbolicTensor,
  setBackend,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/node.ts'
import { expectClose } from '../support/compare.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'
import { uniform } from '../support/values.ts'

interface Manifest {
  weightsManifest: { weights: { name: string }[] }[]
}

/** A model with layers whose weights TensorFlow.js names in ways of its own, and data for it. */
function variety(): { model: LayersModel; x: unknown } {
  setSeed(3)
  const ids = Input([6], { dtype: 'int32' })
  const series = Input([6, 4])
  const text = Embedding(9, 4, { maskZero: true })(ids)
  const [, h, c] = LSTM(3, { returnState: true, recurrentActivation: 'keras2_hard_sigmoid' })(text)
  const inner = Sequential([Conv1D(4, 2, { padding: 'same', inputShape: [6, 4] }), BatchNormalization()])
  const both = Bidirectional(SimpleRNN(2, { returnSequences: true }))(inner(series))
  const outputs = [
    LSTM(3)(both),
    h,
    c,
    RNN(StackedRNNCells([LSTMCell(2), GRUCell(2, { resetAfter: false })]))(series),
    GRU(2, { resetAfter: false })(TimeDistributed(Dense(2, { activation: 'silu' }))(series)),
  ]
  const model = Model([ids, series], Dense(2, { kernelRegularizer: 'l2' })(Concatenate()(outputs)))
  const rows = [
    [1, 2, 3, 0, 0, 0],
    [4, 5, 6, 7, 8, 1],
  ]
  return { model, x: [tensor(rows), uniform([2, 6, 4], -1, 1)] }
}

describe('what is written', () => {
  let files = new Map<string, Uint8Array>()
  beforeAll(async () => {
    files = useMemoryFiles()
    await setBackend('cpu')
  })

  test('is read again, with names that TensorFlow.js gives', async () => {
    const { model, x } = variety()
    await model.save('here/model.json')
    expect([...files.keys()].sort()).toEqual(['here/group1-shard1of1.bin', 'here/model.json'])
    const json = JSON.parse(new TextDecoder().decode(files.get('here/model.json'))) as Manifest
    const names = json.weightsManifest[0]?.weights.map(({ name }) => String(name).replace(/_\d+/g, '')) ?? []
    expect(names).toContain('bidirectional/backward_simple_rnn/kernel')
    expect(names).toContain('rnn/RNNCell/recurrent_kernel')
    expect(names).toContain('time_distributed/bias')
    expect(names).toContain('batch_normalization/moving_mean')
    const read = await loadModel('here/model.json')
    expect((await read.predict(x as never)).toArray()).toEqual((await model.predict(x as never)).toArray())
  })

  test('a model at every time step has the names of its own layers, which no other may have', async () => {
    const inner = (name: string) => Sequential([Input([3]), Dense(4, { name }), Dense(2)])
    const input = Input([5, 3])
    const whole = (name: string) =>
      Model(input, [TimeDistributed(inner('first'))(input), TimeDistributed(inner(name))(input)])
    const model = whole('second')
    await model.save('inside/model.json')
    const json = JSON.parse(new TextDecoder().decode(files.get('inside/model.json'))) as Manifest
    const names = json.weightsManifest[0]?.weights.map(({ name }) => name.replace(/^dense.*\//, 'dense/'))
    expect(names).toEqual(
      ['first', 'dense', 'second', 'dense'].flatMap((layer) => [`${layer}/kernel`, `${layer}/bias`]),
    )
    const x = uniform([2, 5, 3], -1, 1)
    const read = await loadModel('inside/model.json')
    const dataOf = async (of: LayersModel) => (await of.predict<Tensor[]>(x)).map(({ data }) => data)
    expect(await dataOf(read)).toEqual(await dataOf(model))
    await expect(whole('first').save('twice/model.json')).rejects.toThrow(
      'expected weights of different names in TensorFlow.js, which are those of their layers, got a second "first/kernel". Give one of the two layers another name, or save the model as .keras.',
    )
    expect([...files.keys()].some((name) => name.startsWith('twice'))).toBe(false)
  })

  test('the layer of a Bidirectional has the name that TensorFlow.js puts its directions before, and one made otherwise is refused', async () => {
    const both = (backwardLayer: CallableLayer | null) =>
      Sequential([
        Input([5, 3]),
        Bidirectional(SimpleRNN(2, { name: 'way' }), { name: 'both', backwardLayer }),
      ])
    const mirrored = both(SimpleRNN(2, { name: 'back', goBackwards: true }))
    await mirrored.save('both/model.json')
    const text = new TextDecoder().decode(files.get('both/model.json'))
    expect(JSON.parse(text).modelTopology.config.layers[0].config.layer.config.name).toBe('way')
    expect(text).not.toContain('backward_layer')
    const names = (JSON.parse(text) as Manifest).weightsManifest[0]?.weights.map(({ name }) => name)
    expect(names).toContain('both/forward_way/kernel')
    expect(names).toContain('both/backward_way/bias')
    const x = uniform([2, 5, 3], -1, 1)
    const read = await loadModel('both/model.json')
    expect((await read.predict(x)).toArray()).toEqual((await mirrored.predict(x)).toArray())
    const other = both(SimpleRNN(2, { goBackwards: true, activation: 'relu' }))
    await expect(other.save('other/model.json')).rejects.toThrow(
      'expected a backward layer that TensorFlow.js makes of the forward one, got one of another activation.',
    )
  })

  test('a model inside that gets a mask is refused', async () => {
    const ids = Input([5], { dtype: 'int32' })
    const inner = Sequential([Input([5, 3]), Dense(2)])
    const model = Model(ids, inner(Embedding(4, 3, { maskZero: true })(ids)))
    await expect(model.save('masked/model.json')).rejects.toThrow(
      'expected a model inside whose input has no mask, since TensorFlow.js has masks go another way through it, got a masked one. Save the model as .keras.',
    )
  })

  test.each([
    ['float16', 1e-3, 2],
    ['uint16', 1e-4, 2],
    ['uint8', 3e-2, 1],
  ] as const)('%s: smaller by so much, and as exact', async (quantization, tolerance, bytes) => {
    setSeed(5)
    const model = Sequential([LSTM(4, { inputShape: [5, 2] }), Dense(1)])
    const written: [name: string, size: number][] = []
    const parts: File[] = []
    await model.save(
      (piece, name) => {
        written.push([name, piece.length])
        parts.push(new File([piece as Uint8Array<ArrayBuffer>], name))
      },
      { format: 'tfjs', quantization },
    )
    expect(written[0]).toEqual(['group1-shard1of1.bin', model.countParams() * bytes])
    expect(written[1]?.[0]).toBe('model.json')
    const read = await loadModel(parts)
    const x = uniform([3, 5, 2], -1, 1)
    expectClose('prediction', (await read.predict(x)).data, (await model.predict(x)).data, tolerance)
  })

  test('large weights are several files', async () => {
    const model = Sequential([Dense(1100, { inputShape: [1000] })])
    await model.save('large/model.json')
    expect(
      [...files].filter(([name]) => name.startsWith('large')).map(([name, { length }]) => [name, length]),
    ).toEqual([
      ['large/group1-shard1of2.bin', 4 * 2 ** 20],
      ['large/group1-shard2of2.bin', 4 * 1100 * 1001 - 4 * 2 ** 20],
      ['large/model.json', expect.any(Number)],
    ])
    const read = await loadModel('large/model.json')
    const bytesOf = async (of: LayersModel) =>
      (await of.getWeights()).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    // Buffers are compared at once, arrays number by number.
    const [got, expected] = [await bytesOf(read), await bytesOf(model)]
    expect(got.map((bytes, i) => bytes.equals(expected[i] ?? Buffer.of()))).toEqual([true, true])
  })

  test('weights alone, into a model of the same names', async () => {
    const make = () => Sequential([DepthwiseConv2D(2, { inputShape: [3, 3, 2], name: 'a' }), Flatten()])
    const model = make()
    await model.save('weights/model.json')
    const other = make()
    await other.loadWeights('weights/model.json')
    expect(await other.getWeights()).toEqual(await model.getWeights())
  })

  test.each<[string, () => LayersModel, string]>([
    [
      'a GRU of Keras 3',
      () => Sequential([GRU(2, { inputShape: [3, 2], name: 'gru' })]),
      'GRU "gru": expected reset_after: false, which is what TensorFlow.js has, got true. Write GRU(units, { resetAfter: false })',
    ],
    [
      "today's hard_sigmoid",
      () => Sequential([Dense(2, { inputShape: [3], activation: 'hard_sigmoid', name: 'd' })]),
      'Dense "d": expected activation that TensorFlow.js has, got "hard_sigmoid". Save the model as .keras.',
    ],
    [
      'what computes with the past alone',
      () => Sequential([Conv1D(2, 2, { inputShape: [3, 2], padding: 'causal', name: 'c' })]),
      'Conv1D "c": expected padding that TensorFlow.js computes',
    ],
    [
      'a mask that ends',
      () =>
        Sequential([
          Input([3]),
          Embedding(4, 2, { maskZero: true }),
          LSTM(2, { returnSequences: true, name: 'l' }),
          LSTM(2),
        ]),
      'LSTM "l": expected a layer that hands its mask on, as TensorFlow.js does, got one in which it ends.',
    ],
    [
      'grouped channels',
      () => Sequential([Conv1D(2, 2, { inputShape: [3, 2], groups: 2, name: 'c' })]),
      'Conv1D "c": expected groups: 1',
    ],
  ])('what TensorFlow.js lacks is refused: %s', async (_, make, message) => {
    const saving = make().save('refused/model.json')
    await expect(saving).rejects.toThrow(message)
    await expect(saving).rejects.toBeInstanceOf(FormatError)
    expect(files.has('refused/model.json')).toBe(false)
  })

  test('operations of ops are layers where they are called as these are, and refused elsewhere', async () => {
    const inputs = () => [Input([3], { name: 'a' }), Input([3], { name: 'b' })] as const
    const [a, b] = inputs()
    const sum = ops.add(ops.multiply(a, b), ops.maximum(a, ops.minimum(a, b)))
    const model = Model([a, b], ops.softmax(ops.concatenate([sum, Dense(2)(b)], 1)))
    await model.save('operations/model.json')
    const x = [uniform([4, 3], -1, 1, 1), uniform([4, 3], -1, 1, 2)]
    const read = await loadModel('operations/model.json')
    expect(read.layers.slice(-2).map(({ className }) => className)).toEqual(['Concatenate', 'Softmax'])
    expect((await read.predict<Tensor>(x)).data).toEqual((await model.predict<Tensor>(x)).data)

    const others: Record<string, (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor> = {
      Add: (a) => ops.add(a, 2),
      Multiply: (a) => ops.multiply([1, 2, 3], a),
      Maximum: (a, b) => ops.maximum(a, ops.expandDims(b, 1)),
      Minimum: (a, b) => ops.minimum(a, ops.getItem(b, [null, [0, 1]])),
      Concatenate: (a) => ops.concatenate([a, ops.ones([4, 3])], 1),
      Dot: (a, b) => ops.dot(a, ops.transpose(b)),
      Reshape: (a) => ops.reshape(a, [-1, 3, 1]),
    }
    for (const [name, call] of Object.entries(others)) {
      const [a, b] = inputs()
      await expect(Model([a, b], call(a, b)).save('refused/model.json'), name).rejects.toThrow(
        /expected layers that TensorFlow.js has, got .*Save the model as .keras./,
      )
    }
  })

  test('destinations and options that do not fit', async () => {
    const model = Sequential([Dense(1, { inputShape: [1] })])
    await expect(model.save(null, { format: 'tfjs' })).rejects.toThrow(
      'expected a destination, for a format of several files, got none.',
    )
    await expect(model.save('a.keras', { quantization: 'uint8' })).rejects.toThrow(
      "expected quantization with format: 'tfjs' alone",
    )
    await expect(model.save('a.safetensors')).rejects.toThrow('Call saveWeights, for weights alone.')
  })
})
