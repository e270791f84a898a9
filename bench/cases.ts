// What is measured: models in training or inference, with the same weights and data for all.

import { type Described, describeAll, type Layer, sizeOf } from './layers.ts'

interface AnyCase {
  readonly name: string
  readonly mode: 'train' | 'infer'
  readonly batch: number
  /** The shape of one sample. */
  readonly input: readonly number[]
  /** One on top of the other. */
  readonly layers: readonly Layer[]
  /** The device on which it is measured; both by default. */
  readonly on?: 'gpu' | 'cpu'
  /** Without the others. */
  readonly alone?: boolean
  /** Whether each prediction is a call of its own, which is waited for, as with samples that come one at a time. */
  readonly oneByOne?: boolean
}

/** Layers of one kind and a Dense(1): LSTM, or Dense without bias, plain products. Every runtime has these. */
export interface StackCase extends AnyCase {
  readonly kind: 'lstm' | 'dense'
  /** How many of them there are. */
  readonly depth: number
  readonly units: number
  readonly time: number
  readonly features: number
}

/** Any other model. */
export interface ModelCase extends AnyCase {
  readonly kind: 'model'
}

export type Case = StackCase | ModelCase

interface Size {
  readonly units: number
  readonly batch: number
  readonly time: number
  readonly features: number
  readonly depth?: number
  readonly on?: 'gpu' | 'cpu'
}

const OUTPUT: Layer = { layer: 'Dense', units: 1 }

const repeated = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))

function make(mode: Case['mode'], { depth = 1, ...size }: Size): StackCase {
  const { units, batch, time, features } = size
  const stack = depth > 1 ? `${depth}×` : ''
  const name = `${stack}LSTM ${units}, B ${batch}, T ${time}, D ${features}`
  const lstm = (i: number): Layer => ({ layer: 'LSTM', units, returnSequences: i < depth - 1 })
  const layers = [...repeated(depth, lstm), OUTPUT]
  return { name, mode, kind: 'lstm', depth, input: [time, features], layers, ...size }
}

/** Square products: so many that what surrounds them does not count. */
function makeProducts(depth: number, extent: number): StackCase {
  const name = `${depth} products of ${extent}³`
  const size = { units: extent, batch: extent, time: 1, features: extent, on: 'gpu' } as const
  const product: Layer = { layer: 'Dense', units: extent, useBias: false }
  const layers = [...repeated(depth, () => product), OUTPUT]
  return { name, mode: 'infer', kind: 'dense', depth, input: [extent], layers, ...size }
}

function makeModel(
  mode: Case['mode'],
  what: string,
  batch: number,
  input: readonly number[],
  layers: readonly Layer[],
): ModelCase {
  return { name: `${what}, B ${batch}, ${input.join('×')}`, mode, kind: 'model', batch, input, layers }
}

const echo = { units: 5, batch: 5, time: 1, features: 1 }
const lstm64 = { units: 64, batch: 32, time: 50, features: 16 }
const twoLstm128 = { depth: 2, units: 128, batch: 32, time: 20, features: 32 }
const lstm128 = { units: 128, batch: 32, time: 20, features: 32 }

/** The models whose ratios are stated as goals. */
const goals: readonly Case[] = [
  make('train', { ...echo, on: 'cpu' }),
  make('train', lstm64),
  make('train', { ...twoLstm128, on: 'cpu' }),
  make('infer', { ...lstm128, on: 'cpu' }),
]

const both = ['train', 'infer'] as const

/** The models of tutorials, as large as they are there. */
const seeds: readonly Case[] = both.flatMap((mode) => [
  make(mode, echo),
  make(mode, { units: 50, batch: 32, time: 3, features: 1 }),
  make(mode, { depth: 2, units: 50, batch: 32, time: 3, features: 1 }),
  makeModel(mode, 'bidirectional LSTM 50', 32, [3, 1], [{ layer: 'Bidirectional', units: 50 }, OUTPUT]),
  makeModel(mode, 'CNN-LSTM', 32, [2, 2, 1], cnnLstm(64, 1, 50)),
  makeModel(
    mode,
    'ConvLSTM 64 of 1×2',
    32,
    [2, 1, 2, 1],
    [
      { layer: 'ConvLSTM2D', filters: 64, kernelSize: [1, 2], padding: 'valid' },
      { layer: 'Flatten' },
      OUTPUT,
    ],
  ),
  makeModel(
    mode,
    'encoder-decoder of LSTM 100',
    32,
    [3, 1],
    [
      { layer: 'LSTM', units: 100 },
      { layer: 'RepeatVector', n: 2 },
      { layer: 'LSTM', units: 100, returnSequences: true },
      { layer: 'TimeDistributed', of: OUTPUT },
    ],
  ),
])

function cnnLstm(filters: number, kernelSize: number, units: number): Layer[] {
  const ofFrame: readonly Layer[] = [
    { layer: 'Conv1D', filters, kernelSize },
    { layer: 'MaxPooling1D', poolSize: 2 },
    { layer: 'Flatten' },
  ]
  return [...ofFrame.map((of): Layer => ({ layer: 'TimeDistributed', of })), { layer: 'LSTM', units }, OUTPUT]
}

/** Sizes that pages use, one extent varied at a time; the series are those that costs are fitted to. */
const base = { units: 64, batch: 32, time: 64, features: 16 }
const extents = { time: [25, 64, 100, 256], batch: [1, 16, 32, 64], units: [32, 64, 128, 256] }
export type Extent = keyof typeof extents

export const series: Readonly<Record<Extent, readonly StackCase[]>> = {
  time: extents.time.map((time) => make('train', { ...base, time })),
  batch: extents.batch.map((batch) => make('train', { ...base, batch })),
  units: extents.units.map((units) => make('train', { ...base, units })),
}

/** Each case once. */
export const distinct = (cases: readonly Case[]): Case[] => [
  ...new Map(cases.map((item) => [`${item.mode} ${item.name}`, item])).values(),
]
const varied = distinct([...series.time, ...series.batch, ...series.units])
const growth: readonly Case[] = varied.map((item) => ({ ...item, alone: true }))
const models: readonly Case[] = [
  makeModel(
    'train',
    '2 bidirectional LSTM 64',
    32,
    [64, 16],
    [
      { layer: 'Bidirectional', units: 64, returnSequences: true },
      { layer: 'Bidirectional', units: 64 },
      OUTPUT,
    ],
  ),
  makeModel('train', 'CNN-LSTM', 32, [8, 32, 8], cnnLstm(64, 3, 64)),
  makeModel(
    'train',
    'ConvLSTM 32 of 3×3',
    1,
    [10, 64, 64, 1],
    [{ layer: 'ConvLSTM2D', filters: 32, kernelSize: [3, 3], padding: 'same' }, { layer: 'Flatten' }, OUTPUT],
  ),
]
const recurrent = (what: string, ...layers: readonly Layer[]): ModelCase =>
  makeModel('train', what, 32, [50, 16], [...layers, OUTPUT])

/** Recurrent layers of 64 units. */
const cells: readonly Case[] = [
  recurrent('LSTM 64', { layer: 'LSTM', units: 64 }),
  recurrent('GRU 64, reset before', { layer: 'GRU', units: 64, resetAfter: false }),
  recurrent('SimpleRNN 64', { layer: 'SimpleRNN', units: 64 }),
]

/** These in turns, on Recurra alone, with what the others lack. */
const kinds: readonly Case[] = [
  ...cells,
  recurrent('GRU 64', { layer: 'GRU', units: 64, resetAfter: true }),
  recurrent('masked LSTM 64', { layer: 'Masking' }, { layer: 'LSTM', units: 64 }),
].map((item) => ({ ...item, alone: true }))

/** One sample of one time step a call, whose states go on from call to call. */
const single: readonly Case[] = (
  [
    { layer: 'LSTM', units: 64, stateful: true },
    { layer: 'GRU', units: 64, resetAfter: false, stateful: true },
  ] as const
).map((layer) => ({
  ...makeModel('infer', `stateful ${layer.layer} 64, a call a sample`, 1, [1, 16], [layer, OUTPUT]),
  on: 'cpu',
  oneByOne: true,
}))

/** Attention of 256 positions to themselves by 4 heads of 32, and a table of which a step reads a small part. */
const text: readonly Case[] = [
  ...both.map((mode) =>
    makeModel(
      mode,
      'attention, 4 heads of 32',
      8,
      [256, 128],
      [{ layer: 'SelfAttention', heads: 4, keyDim: 32 }, { layer: 'GlobalAveragePooling1D' }, OUTPUT],
    ),
  ),
  makeModel(
    'train',
    'Embedding of 50,000 × 128',
    32,
    [100],
    [{ layer: 'Embedding', rows: 50_000, units: 128 }, { layer: 'GlobalAveragePooling1D' }, OUTPUT],
  ),
]

const sizes: readonly Case[] = [
  ...varied,
  ...[1, 64].map((features) => make('train', { ...base, features })),
  ...[1, 32].map((batch) => make('infer', { ...base, batch })),
  ...models,
]

/** For real GPUs. */
const products: readonly Case[] = [makeProducts(16, 1024)]

/** Sets of cases by the name under which they are asked for. */
export const sets: Readonly<Record<string, readonly Case[]>> = {
  goals,
  seeds,
  cells,
  kinds,
  single,
  text,
  models,
  sizes,
  growth,
  products,
}

const described = ({ layers, input }: Case): Described => describeAll(layers, input)

/** Shapes of the weights in Keras's order. */
export const weightShapes = (item: Case): number[][] => described(item).weights.map(({ shape }) => [...shape])

/** The shape of one batch of inputs, and of outputs. */
export const inputShape = ({ batch, input }: Case): number[] => [batch, ...input]
export const outputShape = (item: Case): number[] => [item.batch, ...described(item).output]

/** Floating-point operations of a step's products; backward is twice as much as forward. */
export const flopsOf = (item: Case): number =>
  (item.mode === 'train' ? 3 : 1) * item.batch * described(item).flops

/** Numbers in (-scale, scale) that look random and are the same everywhere. */
function noise(length: number, phase: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * phase) * 43758.5453
    return (2 * (x - Math.floor(x)) - 1) * scale
  })
}

/** Weights to start from, as large as Keras makes them: Glorot's rule, and 1 more for the forget gates. */
export const initialWeights = (item: Case): Float32Array[] =>
  described(item).weights.map(({ shape, forget = 0 }, i) => {
    const [rows = 1, columns] = shape.slice(-2)
    if (columns !== undefined) {
      const window = sizeOf(shape.slice(0, -2))
      return noise(sizeOf(shape), i, Math.sqrt(6 / (window * (rows + columns))))
    }
    const isForget = (gate: number): boolean => gate >= forget && gate < 2 * forget
    return noise(rows, i, 0.1).map((x, gate) => (isForget(gate) ? x + 1 : x))
  })

/** One batch: inputs, which are ids where the model looks these up, and targets. */
export const batchOf = (item: Case): { x: Float32Array; y: Float32Array } => ({
  x: inputsOf(item),
  y: noise(sizeOf(outputShape(item)), 101, 1),
})

function inputsOf(item: Case): Float32Array {
  const [first] = item.layers
  const values = noise(sizeOf(inputShape(item)), 100, 1)
  return first?.layer === 'Embedding' ? values.map((x) => Math.floor(Math.abs(x) * first.rows)) : values
}

export const LEARNING_RATE = 0.001
/** So small that it does not matter that TensorFlow.js adds it at another place of Adam's formula than Keras. */
export const EPSILON = 1e-10
