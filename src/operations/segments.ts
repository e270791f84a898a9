// Functions that put entries at places given by indices: segments and counts. A segment's entries are found by comparing all indices
// with all places, so that work is entries times places.

import { checkExtent, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { sameShape, showShape } from '../util/shape.ts'
import { equal, multiply, where } from './elementwise.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { max, min, prod, sum } from './reductions.ts'
import { expandDims } from './shapes.ts'

const placesOf = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i)

type Fold = (x: Operand, axis: number) => SymbolicTensor

/* @__NO_SIDE_EFFECTS__ */
function segments(name: string, className: string, fold: Fold, none: number) {
  const label = `ops.${name}`
  return operation(
    'math',
    className,
    'data segmentIds numSegments=null sorted=false',
    (
      data: Operand,
      segmentIds: Operand,
      numSegments: number | null = null,
      _sorted = false,
    ): SymbolicTensor => {
      const count = checkExtent(label, 'numSegments', numSegments)
      const shape = shapeOfOperand(data, label)
      if (shapeOfOperand(segmentIds, label).length !== 1 || shape.length === 0)
        return fail(label, { expected: 'an id for each entry of the first axis', got: showShape(shape) })
      const isIn = equal(expandDims(segmentIds, 1), placesOf(count))
      const rest = shape.slice(1).map((_, i) => i + 2)
      const mask = rest.length > 0 ? expandDims(isIn, rest) : isIn
      return fold(where(mask, expandDims(data, 1), none), 0)
    },
  )
}

/** The sums of the entries of the first axis that have the same id, in as many segments as `numSegments` says. */
export const segmentSum = segments('segmentSum', 'SegmentSum', sum, 0)
/** As {@link segmentSum} the largest entries; −∞ where there is none. */
export const segmentMax = segments('segmentMax', 'SegmentMax', max, Number.NEGATIVE_INFINITY)
/** As {@link segmentSum} the smallest entries; ∞ where there is none. */
export const segmentMin = segments('segmentMin', 'SegmentMin', min, Number.POSITIVE_INFINITY)
/** As {@link segmentSum} the products; 1 where there is none. */
export const segmentProd = segments('segmentProd', 'SegmentProd', prod, 1)

/**
 * How often each integer from 0 on is among the entries of the last axis, for `minlength` integers; with weights, of the shape of x, the
 * sums of those of its entries.
 */
export const bincount = operation(
  'numpy',
  'Bincount',
  'x weights=null minlength=0 !sparse=false',
  (x: Operand, weights: Operand | null = null, minlength = 0): SymbolicTensor => {
    const name = 'ops.bincount'
    const count = checkExtent(name, 'minlength', minlength)
    const isIn = equal(expandDims(x, -1), placesOf(count))
    if (weights === null) return sum(isIn, -2)
    const shapes = [x, weights].map((operand) => shapeOfOperand(operand, name))
    if (!sameShape(shapes[0] ?? [], shapes[1] ?? []))
      return fail(name, {
        expected: `weights ${showShape(shapes[0] ?? [])}, one for each entry`,
        got: showShape(shapes[1] ?? []),
      })
    return sum(multiply(isIn, expandDims(weights, -1)), -2)
  },
  { dtype: ([, weights = null]) => (weights === null ? 'int32' : undefined) },
)
