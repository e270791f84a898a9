// What is known of tensors without their values.

import { checkText } from '../errors.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { Tensor } from '../util/tensor.ts'
import { Assignable } from './assignable.ts'
import { cast, convertToTensor } from './casting.ts'
import { maximum, minimum } from './elementwise.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'

/** Whether something is a tensor: a symbolic one, a weight, a metric's variable or one of data. */
export const isTensor = (x: unknown): x is SymbolicTensor | DrawnVariable | Assignable | Tensor =>
  x instanceof SymbolicTensor || x instanceof DrawnVariable || x instanceof Assignable || x instanceof Tensor

/** The type of the numbers: `'float32'`, since all are floats here. */
export const dtype = (x: Operand): 'float32' => {
  shapeOfOperand(x, 'ops.dtype')
  return 'float32'
}

/** The number of entries, null where an extent is open, such as the batch. */
export const size = (x: Operand): number | null =>
  shapeOfOperand(x, 'ops.size').reduce<number | null>(
    (product, extent) => (product === null || extent === null ? null : product * extent),
    1,
  )

/** A tensor of numbers, nested arrays or a tensor, as {@link convertToTensor}. */
export const array = operation(
  'numpy',
  'Array',
  'x dtype=null',
  (x: Operand, type: string | null = null): SymbolicTensor => convertToTensor(x, type),
)

/** The least and the largest number of a type of integers, as floats that are within. */
function rangeOf(dtype: string): readonly [least: number, largest: number] | null {
  const [, unsigned, bits] = /^(u?)int(\d+)$/.exec(dtype) ?? []
  if (bits === undefined) return dtype === 'bool' ? [0, 1] : dtype === 'float16' ? [-65504, 65504] : null
  const end = 2 ** (Number(bits) - (unsigned ? 0 : 1))
  // A float has 24 bits: the largest one below.
  return [unsigned ? 0 : -end, end - Math.max(1, end / 2 ** 24)]
}

/** As {@link cast}, where numbers beyond the type's range are its least and its largest. */
export const saturateCast = operation(
  'core',
  'SaturateCast',
  'x dtype=',
  (x: Operand, type: string): SymbolicTensor => {
    const range = rangeOf(checkText('ops.saturateCast', 'dtype', type))
    return cast(range === null ? x : minimum(maximum(x, range[0]), range[1]), type)
  },
)
