// Numbers as those of another type. All are floats: what a type changes is which numbers there can be.

import { checkOneOf } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { point } from '../ops/pointwise.ts'
import { defineOperation, type Operand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'

/** Keras's types of numbers. */
const DTYPES = [
  'bool',
  ...['', 'u'].flatMap((sign) => [8, 16, 32, 64].map((bits) => `${sign}int${bits}`)),
  'float16',
  'bfloat16',
  'float32',
  'float64',
]

const casts = defineOperation<{ readonly dtype: string }>({
  name: 'cast',
  outputShapes: ([shape = []]) => [shape],
  lower: (graph, [operand], { dtype }) => {
    const x = tensorOf(operand, 'ops.cast')
    if (dtype === 'bool') return [point(graph, 'notEqual', x, 0)]
    return [/^u?int/.test(dtype) ? point(graph, 'trunc', x) : x]
  },
})

/**
 * The numbers as those of another type. All are floats here: integers are without a fraction, `'bool'` gives 1 and 0, and types
 * of floats change nothing.
 */
export const cast = operation(
  'core',
  'Cast',
  'x dtype=',
  (x: Operand, dtype: string): SymbolicTensor =>
    single(casts('ops.cast', [x], { dtype: checkOneOf('ops.cast', 'dtype', dtype, DTYPES) })),
)

/** What is given as another type where one is named. */
export const asType = <Given extends Operand>(x: Given, dtype: string | null): Given | SymbolicTensor =>
  dtype === null ? x : cast(x, dtype)

/** The numbers, of another type where one is named, as by {@link cast}. Other functions take what is no tensor as it is. */
export const convertToTensor = operation(
  'core',
  'ConvertToTensor',
  'x dtype=null !sparse=null !ragged=null',
  (x: Operand, dtype: string | null = null): SymbolicTensor => cast(x, dtype ?? 'float32'),
)
