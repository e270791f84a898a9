// Layers as data, in Keras's words, from which every runtime makes its own; with what they hold and cost.

export type Layer =
  | {
      readonly layer: 'LSTM' | 'SimpleRNN'
      readonly units: number
      readonly returnSequences?: boolean
      readonly stateful?: boolean
    }
  /** TensorFlow.js has the reset gate before the product only. */
  | {
      readonly layer: 'GRU'
      readonly units: number
      readonly resetAfter: boolean
      readonly stateful?: boolean
    }
  /** Of time steps that are zeros. */
  | { readonly layer: 'Masking' }
  /** Of ids, which the first layer of a model is given. */
  | { readonly layer: 'Embedding'; readonly rows: number; readonly units: number }
  /** Of x to itself, by MultiHeadAttention. */
  | { readonly layer: 'SelfAttention'; readonly heads: number; readonly keyDim: number }
  | { readonly layer: 'GlobalAveragePooling1D' }
  /** Of an LSTM. */
  | { readonly layer: 'Bidirectional'; readonly units: number; readonly returnSequences?: boolean }
  | {
      readonly layer: 'ConvLSTM2D'
      readonly filters: number
      readonly kernelSize: readonly [number, number]
      readonly padding: 'valid' | 'same'
    }
  /** With relu. */
  | { readonly layer: 'Conv1D'; readonly filters: number; readonly kernelSize: number }
  | { readonly layer: 'MaxPooling1D'; readonly poolSize: number }
  | { readonly layer: 'Flatten' }
  | { readonly layer: 'RepeatVector'; readonly n: number }
  | { readonly layer: 'TimeDistributed'; readonly of: Layer }
  | { readonly layer: 'Dense'; readonly units: number; readonly useBias?: boolean }

/** A weight; `forget` is the number of units in a bias of LSTM gates. */
export interface Weight {
  readonly shape: readonly number[]
  readonly forget?: number
}

export interface Described {
  /** In Keras's order. */
  readonly weights: readonly Weight[]
  /** The shape of one sample's output. */
  readonly output: readonly number[]
  /** Floating-point operations of the products of one sample, forward. */
  readonly flops: number
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1)

/** A layer on samples of this shape. */
export function describe(spec: Layer, input: readonly number[]): Described {
  const [first = 1, ...rest] = input
  const last = input.at(-1) ?? 1
  switch (spec.layer) {
    case 'LSTM': {
      const { units, returnSequences = false } = spec
      const [kernel, recurrent] = [
        [last, 4 * units],
        [units, 4 * units],
      ] as const
      return {
        weights: [{ shape: kernel }, { shape: recurrent }, { shape: [4 * units], forget: units }],
        output: returnSequences ? [first, units] : [units],
        flops: 2 * first * (last + units) * 4 * units,
      }
    }
    case 'SimpleRNN':
    case 'GRU': {
      const gates = spec.layer === 'GRU' ? 3 : 1
      const columns = gates * spec.units
      const rows = spec.layer === 'GRU' && spec.resetAfter ? [2] : []
      return {
        weights: [
          { shape: [last, columns] },
          { shape: [spec.units, columns] },
          { shape: [...rows, columns] },
        ],
        output: spec.layer === 'SimpleRNN' && spec.returnSequences ? [first, spec.units] : [spec.units],
        flops: 2 * first * (last + spec.units) * columns,
      }
    }
    case 'Masking':
      return { weights: [], output: input, flops: 0 }
    case 'Embedding':
      return { weights: [{ shape: [spec.rows, spec.units] }], output: [...input, spec.units], flops: 0 }
    case 'SelfAttention': {
      const inner = [spec.heads, spec.keyDim]
      const projection = [{ shape: [last, ...inner] }, { shape: inner }]
      return {
        // Of queries, keys, values and outputs.
        weights: [
          ...projection,
          ...projection,
          ...projection,
          { shape: [...inner, last] },
          { shape: [last] },
        ],
        output: input,
        flops: 4 * 2 * first * last * sizeOf(inner) + 2 * 2 * first * first * sizeOf(inner),
      }
    }
    case 'GlobalAveragePooling1D':
      return { weights: [], output: rest, flops: 0 }
    case 'Bidirectional': {
      const { weights, output, flops } = describe({ ...spec, layer: 'LSTM' }, input)
      return {
        weights: [...weights, ...weights],
        output: [...output.slice(0, -1), 2 * spec.units],
        flops: 2 * flops,
      }
    }
    case 'ConvLSTM2D': {
      const { filters, kernelSize, padding } = spec
      const [height, width] = rest
        .slice(0, 2)
        .map((extent, axis) => (padding === 'same' ? extent : extent - kernelSize[axis]! + 1)) as [
        number,
        number,
      ]
      return {
        weights: [
          { shape: [...kernelSize, last, 4 * filters] },
          { shape: [...kernelSize, filters, 4 * filters] },
          { shape: [4 * filters], forget: filters },
        ],
        output: [height, width, filters],
        flops: 2 * first * height * width * sizeOf(kernelSize) * (last + filters) * 4 * filters,
      }
    }
    case 'Conv1D': {
      const { filters, kernelSize } = spec
      const length = first - kernelSize + 1
      return {
        weights: [{ shape: [kernelSize, last, filters] }, { shape: [filters] }],
        output: [length, filters],
        flops: 2 * length * kernelSize * last * filters,
      }
    }
    case 'MaxPooling1D':
      return { weights: [], output: [Math.floor(first / spec.poolSize), ...rest], flops: 0 }
    case 'Flatten':
      return { weights: [], output: [sizeOf(input)], flops: 0 }
    case 'RepeatVector':
      return { weights: [], output: [spec.n, ...input], flops: 0 }
    case 'TimeDistributed': {
      const { weights, output, flops } = describe(spec.of, rest)
      return { weights, output: [first, ...output], flops: first * flops }
    }
    case 'Dense': {
      const { units, useBias = true } = spec
      return {
        weights: [{ shape: [last, units] }, ...(useBias ? [{ shape: [units] }] : [])],
        output: [...input.slice(0, -1), units],
        flops: 2 * sizeOf(input) * units,
      }
    }
  }
}

/** Layers one on top of the other. */
export function describeAll(layers: readonly Layer[], input: readonly number[]): Described {
  let all: Described = { weights: [], output: input, flops: 0 }
  for (const spec of layers) {
    const { weights, output, flops } = describe(spec, all.output)
    all = { weights: [...all.weights, ...weights], output, flops: all.flops + flops }
  }
  return all
}
