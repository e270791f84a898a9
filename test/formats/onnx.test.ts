// ONNX files: their structure, decoded by the schema that ONNX publishes. That ONNX Runtime computes with them what the CPU backend
// does, `npm run onnx` in bench tries on some five hundred models.
import { fromBinary } from '@bufbuild/protobuf'
import { type AttributeProto, type GraphProto, type ModelProto, ModelProtoSchema } from 'onnx-buf'
import { saveONNX, toONNX } from 'recurra/formats'
import { beforeAll, expect, test } from 'vitest'
import {
  Bidirectional,
  type CallableLayer,
  Cell,
  Conv1D,
  ConvLSTM2D,
  Dense,
  Dropout,
  Embedding,
  GRU,
  Hashing,
  Input,
  LSTM,
  loadModel,
  Masking,
  Model,
  ops,
  RNN,
  Sequential,
  type SymbolicTensor,
  setBackend,
  TextVectorization,
  TimeDistributed,
} from '../../src/index.ts'
import { callOf } from '../support/everyOperation.ts'
import { expectError } from '../support/expectError.ts'
import { goldenCase } from '../support/golden.ts'

beforeAll(() => setBackend('cpu'))

type ExportedModel = Parameters<typeof toONNX>[0]

const decode = (bytes: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, bytes)

async function graphOf(model: ExportedModel, options = {}): Promise<GraphProto> {
  const { graph } = decode(await toONNX(model, options))
  if (!graph) throw new Error('a file without a graph')
  return graph
}

const chain = (inputShape: readonly (number | null)[], ...layers: CallableLayer[]) =>
  Sequential([Input([...inputShape]), ...layers])

const operators = ({ node }: GraphProto): string[] => node.map(({ opType }) => opType)

/** Extents of a tensor that the graph declares: numbers, or names where they are open. */
const shapesOf = (values: GraphProto['input']): Record<string, (number | string)[]> =>
  Object.fromEntries(
    values.map(({ name, type }) => {
      const { case: kind, value } = type?.value ?? {}
      if (kind !== 'tensorType') throw new Error(`${name} is no tensor`)
      return [
        name,
        (value?.shape?.dim ?? []).map(({ value }) =>
          value.case === 'dimValue' ? Number(value.value) : String(value.value),
        ),
      ]
    }),
  )

const attributeOf = (graph: GraphProto, opType: string, name: string): AttributeProto | undefined =>
  graph.node.find((node) => node.opType === opType)?.attribute.find((attribute) => attribute.name === name)

/** The floats of an initializer. */
function numbersOf({ initializer }: GraphProto, name: string): number[] {
  const found = initializer.find((tensor) => tensor.name === name)
  if (!found) throw new Error(`${name} is not among ${initializer.map((tensor) => tensor.name).join()}`)
  return [...new Float32Array(found.rawData.slice().buffer)]
}

/** Checks that each name is given once and read afterwards alone, and that initializers are as large as they say. */
function checkGraph(graph: GraphProto, outer: readonly string[] = []): void {
  const given = new Set([...outer, ...graph.input.map(({ name }) => name)])
  for (const { name, dims, dataType, rawData } of graph.initializer) {
    expect(given, name).not.toContain(name)
    given.add(name)
    const size = dims.reduce((product, extent) => product * Number(extent), 1)
    // Of type 1, floats, or 7, integers of 64 bits.
    expect(rawData.length, name).toBe(size * (dataType === 1 ? 4 : 8))
  }
  for (const { input, output, attribute, name } of graph.node) {
    for (const read of input) if (read !== '') expect(given, `read by ${name}`).toContain(read)
    for (const { g } of attribute) if (g) checkGraph(g, [...given])
    for (const written of output) {
      if (written === '') continue
      expect(given, `written by ${name}`).not.toContain(written)
      given.add(written)
    }
  }
  for (const { name } of graph.output) expect(given).toContain(name)
}

test.each([
  'activation_functions',
  'attention_grouped',
  'bidirectional_mul',
  'convlstm2d',
  'graph_operations',
  'gru_seq2seq_states',
  'masked_tagger',
  'merges',
  'nested_shared',
  'normalizations',
  'preprocessing',
  'tcn',
])('%s is a graph whose tensors are all there', async (name) => {
  const golden = goldenCase(name)
  const model = await loadModel(golden.modelBytes)
  const file = decode(await toONNX(model))
  expect(file.opsetImport.map(({ version }) => Number(version))).toEqual([18])
  const { graph } = file
  if (!graph) throw new Error('a file without a graph')
  checkGraph(graph)
  expect(graph.input.map((input) => input.name)).toEqual(model.inputs.map(({ layer }) => layer.name))
  expect(graph.output.length).toBe(model.outputs.length)
  model.dispose()
})

test('layers are operators of ONNX where it has some, and loops where it has none', async () => {
  const of = async (inputShape: readonly number[], ...layers: CallableLayer[]) =>
    new Set(operators(await graphOf(chain(inputShape, ...layers))))
  const series = await of([5, 3], LSTM(4, { returnSequences: true }), Dropout(0.5), GRU(3), Dense(2))
  expect(series).toEqual(new Set(['Transpose', 'LSTM', 'Squeeze', 'GRU', 'Gemm', 'Identity']))
  expect(await of([5, 3], Conv1D(4, 2))).toEqual(new Set(['Transpose', 'Conv', 'Identity']))
  for (const layers of [
    [Masking(), LSTM(3)],
    [LSTM(3, { activation: 'gelu' })],
    [GRU(3, { activation: 'softmax' })],
  ])
    expect(await of([5, 3], ...layers)).toContain('Scan')
  expect(await of([3, 4, 4, 2], ConvLSTM2D(2, 3))).toContain('Scan')
})

test('transpositions between layers cancel', async () => {
  const graph = await graphOf(chain([8, 3], Conv1D(4, 2, { activation: 'relu' }), Conv1D(4, 2), Conv1D(4, 2)))
  expect(operators(graph).filter((opType) => opType === 'Transpose').length).toBe(2)
})

test("gates are in ONNX's order, weights by rows", async () => {
  const model = chain([5, 2], LSTM(1, { name: 'lstm' }))
  // Input, forget, candidate, output: 1, 2, 3, 4, for each of two features, then the state, then the bias.
  model.setWeights([
    [
      [1, 2, 3, 4],
      [10, 20, 30, 40],
    ],
    [[5, 6, 7, 8]],
    [0.1, 0.2, 0.3, 0.4],
  ])
  const graph = await graphOf(model)
  const [, W = '', R = '', B = ''] = graph.node.find(({ opType }) => opType === 'LSTM')?.input ?? []
  expect(numbersOf(graph, W)).toEqual([1, 10, 4, 40, 2, 20, 3, 30])
  expect(numbersOf(graph, R)).toEqual([5, 8, 6, 7])
  const bias = [0.1, 0.4, 0.2, 0.3, 0, 0, 0, 0]
  expect(numbersOf(graph, B)).toEqual([...Float32Array.from(bias)])
})

test('a GRU says where its reset gate is, and a direction which it is', async () => {
  const graphs = [GRU(2), GRU(2, { resetAfter: false }), Bidirectional(GRU(2, { goBackwards: false }))]
  const [after, before, both] = await Promise.all(graphs.map((layer) => graphOf(chain([4, 2], layer))))
  if (!after || !before || !both) throw new Error('three graphs')
  expect(Number(attributeOf(after, 'GRU', 'linear_before_reset')?.i)).toBe(1)
  expect(Number(attributeOf(before, 'GRU', 'linear_before_reset')?.i)).toBe(0)
  const direction = attributeOf(both, 'GRU', 'direction')?.s
  expect(new TextDecoder().decode(direction)).toBe('bidirectional')
  // What runtimes compile a recurrence for is there as numbers.
  const given = both.initializer.map(({ name }) => name)
  const [, W, R, B] = both.node.find(({ opType }) => opType === 'GRU')?.input ?? []
  expect(given).toEqual(expect.arrayContaining([W, R, B]))
})

test('extents that the model leaves open are open, unless options say the batch', async () => {
  const input = Input([null, 3], { name: 'series' })
  const model = Model(input, LSTM(4, { returnSequences: true, name: 'hidden' })(input))
  const graph = await graphOf(model)
  expect(shapesOf(graph.input)).toEqual({ series: ['batch', 'series_1', 3] })
  expect(shapesOf(graph.output)).toEqual({ hidden: ['batch', 'hidden_1', 4] })
  const fixed = await graphOf(model, { batchSize: 8 })
  expect(shapesOf(fixed.input)).toEqual({ series: [8, 'series_1', 3] })
  expect(shapesOf(fixed.output)).toEqual({ hidden: [8, 'hidden_1', 4] })
})

test('inputs of integers are integers, others floats', async () => {
  const ids = Input([4], { dtype: 'int32', name: 'ids' })
  const numbers = Input([4], { name: 'numbers' })
  const embedding = Embedding(5, 2)
  const graph = await graphOf(Model([ids, numbers], [embedding(ids), embedding(numbers)]))
  const types = graph.input.map(({ type }) => type?.value.case === 'tensorType' && type.value.value.elemType)
  expect(types).toEqual([6, 1])
  // One table for both calls.
  expect(graph.initializer.map(({ name }) => name)).toEqual(['embedding/embeddings'])
})

test('states of stateful layers are inputs and outputs', async () => {
  const model = Sequential([
    Input([3, 2], { batchSize: 4 }),
    LSTM(5, { stateful: true, name: 'memory', returnSequences: true }),
    Dense(1, { name: 'y' }),
  ])
  const graph = await graphOf(model)
  checkGraph(graph)
  const states = Object.fromEntries(model.states.map(({ path, shape }) => [path, [...shape]]))
  expect(Object.keys(states).length).toBe(2)
  const { [model.inputs[0]?.layer.name ?? '']: x, ...given } = shapesOf(graph.input)
  expect(x).toEqual([4, 3, 2])
  expect(given).toEqual(states)
  const next = Object.fromEntries(Object.entries(states).map(([path, shape]) => [`${path}/next`, shape]))
  expect(shapesOf(graph.output)).toEqual({ y: [4, 3, 1], ...next })
})

test('weights that training changes are those of the file', async () => {
  const model = chain([2], Dense(1, { useBias: false, kernelInitializer: 'ones', name: 'dense' }))
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  await model.fit([[1, 2]], [[0]], { epochs: 1, verbose: 0 })
  const [kernel] = await model.getWeights()
  const graph = await graphOf(model)
  const [name = ''] = graph.initializer.map((tensor) => tensor.name)
  expect(numbersOf(graph, name)).toEqual([...(kernel?.data ?? [])])
  expect(kernel?.data[0]).not.toBe(1)
})

test('saveONNX writes what toONNX makes', async () => {
  const model = chain([3], Dense(2))
  const written: Uint8Array[] = []
  await saveONNX(model, (file) => void written.push(file))
  expect(written).toEqual([await toONNX(model)])
})

class Started extends Cell {
  override stateSize = 2
  override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
    return [ops.add(x, h), [h]] as const
  }
  override getInitialState(batchSize: number) {
    return ops.tanh(ops.ones([batchSize, 2]))
  }
}

test.each<[string, () => unknown, string]>([
  ['what is no model', () => 3, 'toONNX: expected a model, got 3.'],
  [
    'a layer of the host',
    () => Sequential([Input([1], { dtype: 'int32' }), Hashing(5), Dense(1)]),
    'Hashing "hashing": expected layers that ONNX can express, in an ONNX file, got Hashing. Export the part of the model behind it: Model(layer.output, model.output).',
  ],
  [
    'texts',
    () =>
      Sequential([
        Input([], { dtype: 'string' }),
        TextVectorization({ vocabulary: ['a'], outputMode: 'count' }),
        Dense(1),
      ]),
    'InputLayer "input_layer": expected numbers, in an ONNX file, got an input of texts. Export the part of the model behind its TextVectorization: Model(layer.output, model.output).',
  ],
  [
    'an operation without an operator',
    () => {
      const x = Input([3, 4])
      return Model(x, callOf('ctcLoss')(x, x) as SymbolicTensor)
    },
    'ops "ctcLoss": expected operations of ops that ONNX can express, in an ONNX file, got ctcLoss.',
  ],
  [
    'a call as in training',
    () => {
      const x = Input([3])
      return Model(x, Dropout(0.5)(x, { training: true }))
    },
    'Dropout "dropout": expected calls as in a prediction, in an ONNX file, got training: true. Call the layer without it.',
  ],
  [
    'states that a cell makes',
    () => chain([3, 2], RNN(new Started())),
    'RNN "rnn": expected a cell whose states start from zeros, in an ONNX file, got Started "started", which has getInitialState. Give initialState in the call.',
  ],
  [
    'states inside a time step',
    () => Sequential([Input([2, 3, 2], { batchSize: 2 }), TimeDistributed(LSTM(2, { stateful: true }))]),
    'LSTM "lstm": expected layers inside TimeDistributed without states, in an ONNX file, got a stateful one.',
  ],
  [
    'a model without its input',
    () => Sequential([Dense(2)]),
    'Model "sequential": expected a model with layers and a known input shape, got one without. Give inputShape to the first layer, or start with an Input.',
  ],
])('%s is refused, with the remedy', (_what, make, message) =>
  expectError(async () => toONNX(make() as ExportedModel), message),
)
