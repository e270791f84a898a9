// What functions over space have in common: they compute with channels last, and their inputs may have them first.

import { checkOneOf, fail } from '../errors.ts'
import { channelsLast, inFormat, type Spatial } from '../layers/convolutional/dataFormat.ts'
import { DATA_FORMATS, type DataFormat, imageDataFormat } from '../layers/convolutional/imageDataFormat.ts'
import type { Rank } from '../layers/convolutional/spatial.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { transpose } from './shapes.ts'

/** A call of a function over space. */
export interface SpatialCall extends Spatial {
  /** The number of axes between batch and channels. */
  readonly rank: Rank
  /** The input, and its shape, with channels last. */
  readonly x: Operand
  readonly shape: OpenShape
}

/** Calls `compute` with the channels of `inputs` last; its result has them where `dataFormat` says. */
export function overSpace(
  where: string,
  inputs: Operand,
  dataFormat: DataFormat | null,
  compute: (call: SpatialCall) => SymbolicTensor,
): SymbolicTensor {
  const given = shapeOfOperand(inputs, where)
  const config = {
    dataFormat: checkOneOf(where, 'dataFormat', dataFormat ?? imageDataFormat(), DATA_FORMATS),
  }
  const rank = given.length - 2
  if (rank !== 1 && rank !== 2 && rank !== 3)
    return fail(where, { expected: 'one to three axes between batch and channels', got: showShape(given) })
  const formatted = { where, config }
  const axes = given.map((_, axis) => axis)
  const isFirst = config.dataFormat === 'channels_first'
  const x = isFirst ? transpose(inputs, channelsLast(formatted, axes)) : inputs
  const y = compute({ ...formatted, rank, x, shape: channelsLast(formatted, given) })
  return isFirst ? transpose(y, inFormat(formatted, axes)) : y
}
