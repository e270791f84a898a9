// Quantiles over axes, also of what is not NaN, of which there may be another number in each row.

import { checkFinite, checkOneOf, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { add, ceil, equal, floor, isnan, maximum, multiply, round, subtract, where } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { stack } from './joining.ts'
import { asLast } from './lastAxis.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { type Axes, sum } from './reductions.ts'
import { expandDims, squeeze } from './shapes.ts'
import { sort } from './sorting.ts'
import { takeAlongAxis } from './taking.ts'

/** What a quantile between two entries is. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'

type Quantile = (
  x: Operand,
  q: number | readonly number[],
  axis?: Axes,
  method?: QuantileMethod,
  keepdims?: boolean,
) => SymbolicTensor

const PARAMETERS = 'x q axis=null method="linear" keepdims=false'

/* @__NO_SIDE_EFFECTS__ */
const percentiles = (className: string, quantiles: Quantile): Quantile =>
  operation('numpy', className, PARAMETERS, (x, q, ...rest) => {
    const share = (value: unknown): number =>
      checkFinite('ops.percentile', 'q', value, { min: 0, max: 100 }) / 100
    return quantiles(x, Array.isArray(q) ? q.map(share) : share(q), ...rest)
  })

/* @__NO_SIDE_EFFECTS__ */
const medians = (className: string, quantiles: Quantile) =>
  operation(
    'numpy',
    className,
    'x axis=null keepdims=false',
    (x: Operand, axis: Axes = null, keepdims = false): SymbolicTensor =>
      quantiles(x, 0.5, axis, 'linear', keepdims),
  )

/**
 * Quantiles over an axis, several or all, NaN where an entry is: q from 0 to 1, a number or a list, whose axis is the first of the result. `method` between two
 * entries is `'linear'`, `'lower'`, `'higher'`, `'midpoint'` or `'nearest'`.
 */
export const quantile = operation(
  'numpy',
  'Quantile',
  'x q axis=null method="linear" keepdims=false',
  (
    x: Operand,
    q: number | readonly number[],
    axis: Axes = null,
    method: QuantileMethod = 'linear',
    keepdims = false,
  ): SymbolicTensor => {
    const name = 'ops.quantile'
    const { rows, kept, extent: n } = asLast(name, x, axis)
    const sorted = sort(rows, -1)
    const one = (share: unknown): SymbolicTensor => {
      const place = checkFinite(name, 'q', share, { min: 0, max: 1 }) * (n - 1)
      const [low, high] = [Math.floor(place), Math.ceil(place)]
      const at = (index: number): SymbolicTensor => getItem(sorted, ['...', index])
      const weights = {
        linear: place - low,
        lower: 0,
        higher: 1,
        midpoint: low === high ? 0 : 0.5,
        nearest: 0,
      }
      if (!Object.hasOwn(weights, method))
        fail(name, {
          expected: `method among ${Object.keys(weights).join(', ')}`,
          got: describeValue(method),
        })
      if (method === 'nearest')
        return at(place - low > 0.5 || (place - low === 0.5 && low % 2 === 1) ? high : low)
      const weight = weights[method]
      // Nothing times infinity is no number.
      if (weight === 0 || weight === 1) return at(weight === 0 ? low : high)
      return add(multiply(at(low), 1 - weight), multiply(at(high), weight))
    }
    // NaN comes last, and where there is one nothing is known.
    const isUnknown = isnan(getItem(sorted, ['...', -1]))
    const found = (share: unknown): SymbolicTensor => {
      const value = where(isUnknown, Number.NaN, one(share))
      return keepdims ? expandDims(value, kept) : value
    }
    if (!Array.isArray(q)) return found(q)
    if (q.length === 0) return fail(name, { expected: 'a quantile', got: 'none' })
    return stack(q.map(found), 0)
  },
)

const METHODS = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const

/** Quantiles as {@link quantile} of what is not NaN; NaN where there is nothing else. */
export const nanquantile = operation(
  'numpy',
  'Nanquantile',
  'x q axis=null method="linear" keepdims=false',
  (
    x: Operand,
    q: number | readonly number[],
    axis: Axes = null,
    method: QuantileMethod = 'linear',
    keepdims = false,
  ): SymbolicTensor => {
    const name = 'ops.nanquantile'
    checkOneOf(name, 'method', method, METHODS)
    const { rows, kept } = asLast(name, x, axis)
    // NaN comes last.
    const sorted = sort(rows, -1)
    const last = subtract(sum(equal(isnan(rows), 0), -1, true), 1)
    const at = (place: Operand): SymbolicTensor => takeAlongAxis(sorted, place, -1)
    const between = (place: SymbolicTensor): SymbolicTensor => {
      const [low, high] = [at(floor(place)), at(ceil(place))]
      const share = method === 'midpoint' ? 0.5 : subtract(place, floor(place))
      // Nothing times infinity is no number.
      return where(equal(low, high), low, add(multiply(low, subtract(1, share)), multiply(high, share)))
    }
    const one = (share: unknown): SymbolicTensor => {
      const place = maximum(multiply(last, checkFinite(name, 'q', share, { min: 0, max: 1 })), 0)
      const found =
        method === 'lower'
          ? at(floor(place))
          : method === 'higher'
            ? at(ceil(place))
            : method === 'nearest'
              ? at(round(place))
              : between(place)
      const value = squeeze(found, -1)
      return keepdims ? expandDims(value, kept) : value
    }
    if (!Array.isArray(q)) return one(q)
    if (q.length === 0) return fail(name, { expected: 'a quantile', got: 'none' })
    return stack(q.map(one), 0)
  },
)

/** As {@link quantile}, q from 0 to 100. */
export const percentile: Quantile = percentiles('Percentile', quantile)
/** As {@link nanquantile}, q from 0 to 100. */
export const nanpercentile: Quantile = percentiles('Nanpercentile', nanquantile)
/** The middle entry over axes, or all, NaN where an entry is; of two in the middle their mean. */
export const median = medians('Median', quantile)
/** The middle entry over axes, or all, of what is not NaN; of two in the middle their mean. */
export const nanmedian = medians('Nanmedian', nanquantile)
