// Pooling as functions, for layers of one's own: the maximum or mean of windows between batch and channels.

import { fail } from '../errors.ts'
import { type DataFormatOptions, dataFormat, type Spatial } from '../layers/convolutional/dataFormat.ts'
import type { DataFormat } from '../layers/convolutional/imageDataFormat.ts'
import {
  convolvedSpace,
  type Extents,
  perAxis,
  readExtents,
  type SymmetricPaddingOptions,
  symmetricPadding,
} from '../layers/convolutional/spatial.ts'
import type { Window } from '../layers/convolutional/window.ts'
import { pool, poolingWindows } from '../layers/pooling/pooledWindows.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { adaptivePooling } from '../ops/adaptivePooling.ts'
import * as poolingSides from '../ops/pooling.cpu.ts'
import * as takeSides from '../ops/take.cpu.ts'
import { nullable, readOptions, type TableFor } from '../util/options.ts'
import { type Shape, showShape } from '../util/shape.ts'
import { defineOperation, type Operand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { overSpace } from './overSpace.ts'

const adaptive = defineOperation<{ readonly outputSize: Shape; readonly mean: boolean }>({
  name: 'adaptivePool',
  sides: { ...takeSides, ...poolingSides },
  outputShapes: ([shape = []], { outputSize }) => [[shape[0] ?? null, ...outputSize, shape.at(-1) ?? null]],
  lower: (graph, [operand], { outputSize, mean }) => [
    adaptivePooling(graph, tensorOf(operand, 'ops.adaptivePool'), outputSize, mean),
  ],
})

/* @__NO_SIDE_EFFECTS__ */
function adaptivePool(className: string, mean: boolean) {
  const where = `ops.a${className.slice(1)}`
  return operation(
    'nn',
    className,
    'inputs outputSize= dataFormat=null',
    (inputs: Operand, outputSize: Extents, dataFormat: DataFormat | null = null): SymbolicTensor =>
      overSpace(where, inputs, dataFormat, (call) => {
        const size = readExtents(where, 'outputSize', outputSize)
        if (call.shape.includes(0, 1))
          fail(where, { expected: 'windows of at least one entry', got: showShape(call.shape) })
        return single(
          adaptive(where, [call.x], { outputSize: perAxis(call, call.rank, 'outputSize', size), mean }),
        )
      }),
  )
}

/**
 * The means of as many windows as `outputSize` says, for all axes between batch and channels or for each: `[batch, steps, channels]` →
 * `[batch, outputSize, channels]`. Window i of n begins at entry ⌊i·L/n⌋ of L and ends before ⌈(i + 1)·L/n⌉. `dataFormat` null takes
 * the setting of `config.setImageDataFormat`.
 */
export const adaptiveAveragePool = adaptivePool('AdaptiveAveragePool', true)
/** The maxima of windows that are {@link adaptiveAveragePool}'s. */
export const adaptiveMaxPool = adaptivePool('AdaptiveMaxPool', false)

export interface PoolOptions extends SymmetricPaddingOptions, DataFormatOptions {
  /** Distance from one window to the next; `null`, the default, takes the pool size. */
  readonly strides?: Extents | null
}

const poolOptions = {
  strides: nullable<Extents>(readExtents),
  padding: symmetricPadding,
  dataFormat,
} as const satisfies TableFor<PoolOptions>

const pools = defineOperation<{
  readonly call: Spatial
  readonly windows: readonly Window[]
  readonly mean: boolean
}>({
  name: 'pool',
  sides: poolingSides,
  outputShapes: ([shape = []], { call, windows }) => [
    [shape[0] ?? null, ...convolvedSpace(call, shape, windows), shape.at(-1) ?? null],
  ],
  lower: (graph, [operand], { call, windows, mean }) => [
    pool(graph, tensorOf(operand, call.where), windows, mean),
  ],
})

/* @__NO_SIDE_EFFECTS__ */
function windowedPool(name: string, className: string, mean: boolean) {
  const where = `ops.${name}`
  return operation(
    'nn',
    className,
    'inputs poolSize= {strides=null padding="valid" dataFormat=null}',
    (inputs: Operand, poolSize: Extents, options: PoolOptions = {}): SymbolicTensor => {
      const { strides, padding, dataFormat: format } = readOptions(where, poolOptions, options)
      return overSpace(where, inputs, format, (call) => {
        const size = readExtents(where, 'poolSize', poolSize)
        const windows = poolingWindows(call, call.rank, { poolSize: size, strides, padding })
        return single(pools(where, [call.x], { call, windows, mean }))
      })
    },
  )
}

/**
 * The means of windows of `poolSize` between batch and channels, for all axes or for each: `[batch, steps, channels]` →
 * `[batch, steps', channels]`. With padding `'same'` windows at the ends reach beyond them, and what is there does not count.
 */
export const averagePool = windowedPool('averagePool', 'AveragePool', true)
/** The maxima of windows that are {@link averagePool}'s. */
export const maxPool = windowedPool('maxPool', 'MaxPool', false)
