// What is measured: layers of one kind and a Dense(1), in training or inference, with the same weights and data for all.

export interface Case {
  readonly name: string
  readonly mode: 'train' | 'infer'
  /** LSTM layers, or Dense layers without bias: plain products. */
  readonly kind: 'lstm' | 'dense'
  /** How many of them there are, one on top of the other. */
  readonly layers: number
  readonly units: number
  readonly batch: number
  readonly time: number
  readonly features: number
  /** The device on which it is measured; both by default. */
  readonly on?: 'gpu' | 'cpu'
  /** Without the others. */
  readonly alone?: boolean
}

type Size = Pick<Case, 'units' | 'batch' | 'time' | 'features'> & Partial<Pick<Case, 'layers' | 'on'>>

function make(mode: Case['mode'], { layers = 1, ...size }: Size): Case {
  const { units, batch, time, features } = size
  const stack = layers > 1 ? `${layers}×` : ''
  const name = `${stack}LSTM ${units}, B ${batch}, T ${time}, D ${features}`
  return { name, mode, kind: 'lstm', layers, ...size }
}

/** Square products: so many that what surrounds them does not count. */
function makeProducts(layers: number, extent: number): Case {
  const name = `${layers} products of ${extent}³`
  const size = { units: extent, batch: extent, time: 1, features: extent, on: 'gpu' } as const
  return { name, mode: 'infer', kind: 'dense', layers, ...size }
}

const echo = { units: 5, batch: 5, time: 1, features: 1 }
const lstm64 = { units: 64, batch: 32, time: 50, features: 16 }
const twoLstm128 = { layers: 2, units: 128, batch: 32, time: 20, features: 32 }
const lstm128 = { units: 128, batch: 32, time: 20, features: 32 }

/** The models whose ratios are stated as goals. */
const goals: readonly Case[] = [
  make('train', { ...echo, on: 'cpu' }),
  make('train', lstm64),
  make('train', { ...twoLstm128, on: 'cpu' }),
  make('infer', { ...lstm128, on: 'cpu' }),
]

/** The same models in every combination. */
const seeds: readonly Case[] = [echo, lstm64, twoLstm128, lstm128].flatMap((size) => [
  make('train', size),
  make('infer', size),
])

/** Sizes that pages use, one extent varied at a time; the series are those that costs are fitted to. */
const base = { units: 64, batch: 32, time: 64, features: 16 }
const extents = { time: [25, 64, 100, 256], batch: [1, 16, 32, 64], units: [32, 64, 128, 256] }
export type Extent = keyof typeof extents

export const series: Readonly<Record<Extent, readonly Case[]>> = {
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
const sizes: readonly Case[] = [
  ...varied,
  ...[1, 64].map((features) => make('train', { ...base, features })),
  ...[1, 32].map((batch) => make('infer', { ...base, batch })),
]

/** For real GPUs. */
const products: readonly Case[] = [makeProducts(16, 1024)]

/** Sets of cases by the name under which they are asked for. */
export const sets: Readonly<Record<string, readonly Case[]>> = { goals, seeds, sizes, growth, products }

/** Shapes of the weights in Keras's order. */
export function weightShapes({ kind, layers, units, features }: Case): number[][] {
  const stack = Array.from({ length: layers }, (_, layer) => {
    const rows = layer === 0 ? features : units
    return kind === 'dense' ? [[rows, units]] : [[rows, 4 * units], [units, 4 * units], [4 * units]]
  })
  return [...stack.flat(), [units, 1], [1]]
}

/** The shape of one batch of inputs. */
export const inputShape = ({ kind, batch, time, features }: Case): number[] =>
  kind === 'dense' ? [batch, features] : [batch, time, features]

/** Floating-point operations of a step's products; backward is twice as much as forward. */
export function flopsOf({ mode, kind, layers, units, batch, time, features }: Case): number {
  const columns = kind === 'dense' ? units : 4 * units
  const rows = (layer: number): number => (layer === 0 ? features : units) + (kind === 'dense' ? 0 : units)
  let forward = 2 * batch * units
  for (let layer = 0; layer < layers; layer++) forward += 2 * batch * time * rows(layer) * columns
  return mode === 'train' ? 3 * forward : forward
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1)

/** Numbers in (-scale, scale) that look random and are the same everywhere. */
function noise(length: number, phase: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * phase) * 43758.5453
    return (2 * (x - Math.floor(x)) - 1) * scale
  })
}

/** Weights to start from, as large as Keras makes them: Glorot's rule, and 1 more for the forget gates. */
export const initialWeights = (item: Case): Float32Array[] =>
  weightShapes(item).map((shape, i) => {
    const [rows = 1, columns] = shape
    if (columns !== undefined) return noise(sizeOf(shape), i, Math.sqrt(6 / (rows + columns)))
    const bias = noise(rows, i, 0.1)
    const { units } = item
    return rows === 4 * units ? bias.map((x, gate) => (gate >= units && gate < 2 * units ? x + 1 : x)) : bias
  })

/** One batch: inputs [batch, time, features] and targets [batch, 1]. */
export const batchOf = ({ batch, time, features }: Case): { x: Float32Array; y: Float32Array } => ({
  x: noise(batch * time * features, 100, 1),
  y: noise(batch, 101, 1),
})

export const LEARNING_RATE = 0.001
/** So small that it does not matter that TensorFlow.js adds it at another place of Adam's formula than Keras. */
export const EPSILON = 1e-10
