// Quantiles over axes, also of what is not NaN, of which there may be another number in each row.

import { checkFinite, checkOneOf, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type NumericArray, Tensor } from '../util/tensor.ts'
import { add, ceil, equal, floor, isnan, maximum, multiply, round, subtract, where } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { stack } from './joining.ts'
import { asLast } from './lastAxis.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { type Axes, sum } from './reductions.ts'
import { expandDims, squeeze } from './shapes.ts'
import { sort } from './sorting.ts'
import { takeAlongAxis } from './taking.ts'

const METHODS = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const

/** What a quantile between two entries is. */
export type QuantileMethod = (typeof METHODS)[number]

/** A share, or a row of several. */
type Shares = number | readonly number[] | NumericArray | Tensor

/** The numbers of a row of data as a list; all else as it is. */
const listOfShares = (q: unknown): unknown => {
  if (ArrayBuffer.isView(q)) return Array.from(q as Float32Array)
  return q instanceof Tensor && q.shape.length < 2 ? q.toArray() : q
}

type Quantile = (
  x: Operand,
  q: Shares,
  axis?: Axes,
  method?: QuantileMethod,
  keepdims?: boolean,
) => SymbolicTensor

const PARAMETERS = 'x q axis=null method="linear" keepdims=false'

/** What is below so large a share of a row, 0 to 1, for each row. */
type ValueAt = (share: number) => SymbolicTensor

/** @param valueAt Looks into rows in which entries are in ascending order, NaN last. */
/* @__NO_SIDE_EFFECTS__ */
const quantiles = (
  className: string,
  name: string,
  valueAt: (rows: SymbolicTensor, extent: number, method: QuantileMethod) => ValueAt,
): OnNumbers<Quantile, typeof PARAMETERS> =>
  operation<Quantile, typeof PARAMETERS>(
    'numpy',
    className,
    PARAMETERS,
    (x, q, axis = null, method = 'linear', keepdims = false) => {
      checkOneOf(name, 'method', method, METHODS)
      const { rows, kept, extent } = asLast(name, x, axis)
      const at = valueAt(sort(rows, -1), extent, method)
      const one = (share: unknown): SymbolicTensor => {
        const value = at(checkFinite(name, 'q', share, { min: 0, max: 1 }))
        return keepdims ? expandDims(value, kept) : value
      }
      const shares = listOfShares(q)
      if (!Array.isArray(shares)) return one(shares)
      if (shares.length === 0) return fail(name, { expected: 'a quantile', got: 'none' })
      return stack(shares.map(one), 0)
    },
  )

/* @__NO_SIDE_EFFECTS__ */
const percentiles = (className: string, ofShares: Quantile): OnNumbers<Quantile, typeof PARAMETERS> =>
  operation<Quantile, typeof PARAMETERS>('numpy', className, PARAMETERS, (x, q, ...rest) => {
    const share = (value: unknown): number =>
      checkFinite('ops.percentile', 'q', value, { min: 0, max: 100 }) / 100
    const given = listOfShares(q)
    return ofShares(x, Array.isArray(given) ? given.map(share) : share(given), ...rest)
  })

/* @__NO_SIDE_EFFECTS__ */
const medians = (className: string, ofShares: Quantile) =>
  operation(
    'numpy',
    className,
    'x axis=null keepdims=false',
    (x: Operand, axis: Axes = null, keepdims = false): SymbolicTensor =>
      ofShares(x, 0.5, axis, 'linear', keepdims),
  )

/**
 * Quantiles over an axis, several or all, NaN where an entry is: q from 0 to 1, a number or a list, whose axis is the first of the
 * result. `method` between two entries is `'linear'`, `'lower'`, `'higher'`, `'midpoint'` or `'nearest'`.
 */
export const quantile = quantiles('Quantile', 'ops.quantile', (sorted, extent, method) => {
  const at = (index: number): SymbolicTensor => getItem(sorted, ['...', index])
  const isUnknown = isnan(at(-1))
  const value = (share: number): SymbolicTensor => {
    const place = share * (extent - 1)
    const [low, high] = [Math.floor(place), Math.ceil(place)]
    if (method === 'nearest')
      return at(place - low > 0.5 || (place - low === 0.5 && low % 2 === 1) ? high : low)
    const midpoint = low === high ? 0 : 0.5
    const weight = { linear: place - low, lower: 0, higher: 1, midpoint }[method]
    // Nothing times infinity is no number.
    if (weight === 0 || weight === 1) return at(weight === 0 ? low : high)
    return add(multiply(at(low), 1 - weight), multiply(at(high), weight))
  }
  // Where there is a NaN nothing is known.
  return (share) => where(isUnknown, Number.NaN, value(share))
})

/** Quantiles as {@link quantile} of what is not NaN; NaN where there is nothing else. */
export const nanquantile = quantiles('Nanquantile', 'ops.nanquantile', (sorted, _extent, method) => {
  const last = subtract(sum(equal(isnan(sorted), 0), -1, true), 1)
  const at = (place: Operand): SymbolicTensor => takeAlongAxis(sorted, place, -1)
  const between = (place: SymbolicTensor): SymbolicTensor => {
    const [low, high] = [at(floor(place)), at(ceil(place))]
    const share = method === 'midpoint' ? 0.5 : subtract(place, floor(place))
    // Nothing times infinity is no number.
    return where(equal(low, high), low, add(multiply(low, subtract(1, share)), multiply(high, share)))
  }
  const found = (place: SymbolicTensor): SymbolicTensor => {
    if (method === 'lower') return at(floor(place))
    if (method === 'higher') return at(ceil(place))
    return method === 'nearest' ? at(round(place)) : between(place)
  }
  return (share) => squeeze(found(maximum(multiply(last, share), 0)), -1)
})

/** As {@link quantile}, q from 0 to 100. */
export const percentile = percentiles('Percentile', quantile)
/** As {@link nanquantile}, q from 0 to 100. */
export const nanpercentile = percentiles('Nanpercentile', nanquantile)
/** The middle entry over axes, or all, NaN where an entry is; of two in the middle their mean. */
export const median = medians('Median', quantile)
/** The middle entry over axes, or all, of what is not NaN; of two in the middle their mean. */
export const nanmedian = medians('Nanmedian', nanquantile)
