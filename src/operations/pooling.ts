// Pooling as functions, for layers of one's own: the maximum or mean of windows between batch and channels.

import { checkExtent, checkOneOf, describeValue, fail } from '../errors.ts'
import { channelsLast, inFormat } from '../layers/dataFormat.ts'
import { DATA_FORMATS, type DataFormat, imageDataFormat } from '../layers/imageDataFormat.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { adaptivePooling } from '../ops/adaptivePooling.ts'
import { type Shape, showShape } from '../util/shape.ts'
import { defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { transpose } from './shapes.ts'

const adaptive = defineOperation<{ readonly outputSize: Shape; readonly mean: boolean }>({
  name: 'adaptivePool',
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
    (
      inputs: Operand,
      outputSize: number | readonly number[],
      dataFormat: DataFormat | null = null,
    ): SymbolicTensor => {
      const shape = shapeOfOperand(inputs, where)
      const format = checkOneOf(where, 'dataFormat', dataFormat ?? imageDataFormat(), DATA_FORMATS)
      const space = shape.length - 2
      if (space < 1 || space > 3)
        fail(where, { expected: 'one to three axes between batch and channels', got: showShape(shape) })
      const given = Array.isArray(outputSize) ? outputSize : Array<unknown>(space).fill(outputSize)
      const sizes = given.map((size: unknown) => checkExtent(where, 'outputSize', size))
      if (sizes.length !== space)
        fail(where, { expected: `outputSize of ${space} axes`, got: describeValue(outputSize) })
      const formatted = { config: { dataFormat: format } }
      const axes = shape.map((_, axis) => axis)
      const isFirst = format === 'channels_first'
      const last = isFirst ? transpose(inputs, channelsLast(formatted, axes)) : inputs
      const pooled = single(adaptive(where, [last], { outputSize: sizes, mean }))
      return isFirst ? transpose(pooled, inFormat(formatted, axes)) : pooled
    },
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
