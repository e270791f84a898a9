// Arrays of numbers in a text, as numpy has them: float64, of any rank, with broadcasting. Enough for what models are made of, such as
// positions of a Transformer; data are not computed here.

import { placesOf, type SliceBounds } from '../../python/slices.ts'
import { sizeOf } from '../../util/shape.ts'

/** An array: entries in order, the last axis first. */
export interface NdArray {
  readonly data: Float64Array
  readonly shape: readonly number[]
  /** Whether numpy has integers, of which // and indices make integers again. */
  readonly isInteger: boolean
}

/** The most entries of an array that is computed. */
export const MOST_ENTRIES = 2 ** 22

export const scalar = (value: number, isInteger: boolean): NdArray => ({
  data: Float64Array.of(value),
  shape: [],
  isInteger,
})

/** An array of a shape whose entries a function makes; null where there would be too many. */
export function filled(
  shape: readonly number[],
  isInteger: boolean,
  entry: (i: number) => number,
): NdArray | null {
  const size = sizeOf(shape)
  if (!(size <= MOST_ENTRIES) || shape.some((extent) => extent < 0)) return null
  return { data: Float64Array.from({ length: size }, (_, i) => entry(i)), shape, isInteger }
}

/** Rounded to float32, as frameworks have numbers. */
export const single = ({ data, shape, isInteger }: NdArray): NdArray => ({
  data: isInteger ? data : Float64Array.from(Float32Array.from(data)),
  shape,
  isInteger,
})

/** The shape that two broadcast to; null where they do not. */
function broadcastShape(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length)
  const made: number[] = []
  for (let i = 0; i < rank; i++) {
    const [left = 1, right = 1] = [a[a.length - rank + i], b[b.length - rank + i]]
    if (left !== right && left !== 1 && right !== 1) return null
    made.push(left === 1 ? right : left)
  }
  return made
}

/** For each entry of a shape the place of the entry that an array broadcasts to it. */
function placesIn(of: readonly number[], shape: readonly number[]): Int32Array {
  const places = new Int32Array(sizeOf(shape))
  let [repeat, stride] = [1, 1]
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1
    const own = of[of.length - shape.length + axis] ?? 1
    if (own > 1)
      for (let i = 0; i < places.length; i++)
        places[i] = (places[i] ?? 0) + (Math.floor(i / repeat) % extent) * stride
    repeat *= extent
    stride *= own
  }
  return places
}

/** The array in a shape that it broadcasts to. */
export function broadcastTo(
  { data, shape: of, isInteger }: NdArray,
  shape: readonly number[],
): NdArray | null {
  const joined = broadcastShape(of, shape)
  const fits = joined && sizeOf(joined) === sizeOf(shape) && sizeOf(shape) <= MOST_ENTRIES
  if (!fits || shape.some((extent) => extent < 0)) return null
  const places = placesIn(of, shape)
  return { data: Float64Array.from(places, (place) => data[place] ?? 0), shape, isInteger }
}

/** A function of each pair of entries; null where the shapes do not fit. */
export function elementwise(
  a: NdArray,
  b: NdArray,
  isInteger: boolean,
  compute: (a: number, b: number) => number,
): NdArray | null {
  const shape = broadcastShape(a.shape, b.shape)
  if (!shape) return null
  const [left, right] = [broadcastTo(a, shape), broadcastTo(b, shape)]
  if (!left || !right) return null
  return { data: left.data.map((value, i) => compute(value, right.data[i] ?? 0)), shape, isInteger }
}

/** One of the keys in the brackets behind an array: a place, a slice, null for a new axis. */
export type Key = number | null | SliceBounds

/** The places of the entries that keys take, one key for an axis or a new one, and their shape; null outside of the array. */
export function partOf(
  shape: readonly number[],
  keys: readonly Key[],
): { readonly shape: number[]; readonly places: Int32Array } | null {
  const made: number[] = []
  let places = [0]
  let axis = 0
  for (const key of keys) {
    if (key === null) {
      made.push(1)
      continue
    }
    const extent = shape[axis++]
    const taken = extent === undefined ? null : takenOf(key, extent)
    if (extent === undefined || taken === null) return null
    places = places.flatMap((place) => taken.map((entry) => place * extent + entry))
    if (typeof key !== 'number') made.push(taken.length)
  }
  const rest = shape.slice(axis)
  const inner = sizeOf(rest)
  const all = new Int32Array(places.length * inner)
  places.forEach((place, i) => {
    for (let j = 0; j < inner; j++) all[i * inner + j] = place * inner + j
  })
  return { shape: [...made, ...rest], places: all }
}

/** The entries of an axis that a key takes. */
function takenOf(key: Exclude<Key, null>, extent: number): number[] | null {
  if (typeof key === 'number') {
    const place = key < 0 ? key + extent : key
    return place >= 0 && place < extent ? [place] : null
  }
  return placesOf(key, extent)
}

/** The axes in another order. */
export function transposed({ data, shape, isInteger }: NdArray, order: readonly number[]): NdArray {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const made = order.map((axis) => shape[axis] ?? 1)
  const places = new Int32Array(data.length)
  let repeat = data.length
  order.forEach((axis, k) => {
    const extent = made[k] ?? 1
    repeat /= extent
    for (let i = 0; i < places.length; i++)
      places[i] = (places[i] ?? 0) + (Math.floor(i / repeat) % extent) * (strides[axis] ?? 1)
  })
  return { data: Float64Array.from(places, (place) => data[place] ?? 0), shape: made, isInteger }
}

/** Arrays behind each other along an axis; null where they do not fit. */
export function concatenated(arrays: readonly NdArray[], axis: number): NdArray | null {
  const [first] = arrays
  const fits = (array: NdArray): boolean =>
    array.shape.length === first?.shape.length &&
    array.shape.every((extent, i) => i === axis || extent === first.shape[i])
  if (!first || axis >= first.shape.length || !arrays.every(fits)) return null
  const extent = arrays.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0)
  const shape = first.shape.map((one, i) => (i === axis ? extent : one))
  if (sizeOf(shape) > MOST_ENTRIES) return null
  const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))]
  const data = new Float64Array(sizeOf(shape))
  let offset = 0
  for (const array of arrays) {
    const row = (array.shape[axis] ?? 0) * inner
    for (let i = 0; i < outer; i++)
      data.set(array.data.subarray(i * row, (i + 1) * row), i * extent * inner + offset)
    offset += row
  }
  return { data, shape, isInteger: arrays.every((array) => array.isInteger) }
}

/** What a function makes of the entries along axes, of which the shape keeps ones where asked for. */
export function reduced(
  array: NdArray,
  axes: readonly number[],
  keepdims: boolean,
  compute: (entries: Float64Array) => number,
): NdArray {
  const { shape } = array
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const rows = transposed(array, [...kept, ...axes])
  const length = sizeOf(axes.map((axis) => shape[axis] ?? 1))
  const outer = sizeOf(kept.map((axis) => shape[axis] ?? 1))
  const data = Float64Array.from({ length: outer }, (_, i) =>
    compute(rows.data.subarray(i * length, (i + 1) * length)),
  )
  const made = keepdims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : kept.map((axis) => shape[axis] ?? 1)
  return { data, shape: made, isInteger: false }
}

/** The product of matrices, or of a matrix and a row of numbers; null for other ranks and where they do not fit. */
export function product(a: NdArray, b: NdArray): NdArray | null {
  const [m, k] = a.shape.length === 1 ? [1, a.shape[0] ?? 0] : [a.shape[0] ?? 0, a.shape[1] ?? 0]
  const [rows, n] = b.shape.length === 1 ? [b.shape[0] ?? 0, 1] : [b.shape[0] ?? 0, b.shape[1] ?? 0]
  const isFine = [a, b].every(({ shape }) => shape.length === 1 || shape.length === 2)
  if (!isFine || k !== rows || m * n * k > 16 * MOST_ENTRIES) return null
  const data = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let l = 0; l < k; l++) sum += (a.data[i * k + l] ?? 0) * (b.data[l * n + j] ?? 0)
      data[i * n + j] = sum
    }
  const shape = [...(a.shape.length === 2 ? [m] : []), ...(b.shape.length === 2 ? [n] : [])]
  return { data, shape, isInteger: a.isInteger && b.isInteger }
}
