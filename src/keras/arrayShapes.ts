// The shapes of what numpy makes of arrays: parts, arrays side by side, arithmetic. An extent that depends on a value that is not known is
// that value, which is asked for by its name in the text.

import { Ellipsis, List, numeric, Slice, Tuple, Unknown, type Value } from '../python/values.ts'
import { axisOf as axisFromStart } from './numbers/given.ts'

export type ArrayShape = readonly Value[]

const unknownOf = (values: readonly Value[]): Unknown | undefined =>
  values.find((value) => value instanceof Unknown)

/** How many entries a slice takes of an axis. */
function extentOfSlice({ bounds }: Slice, extent: Value): Value | undefined {
  const numbers = bounds.map((bound) => (bound === null ? null : numeric(bound)))
  const unknown = unknownOf([...bounds, extent])
  if (unknown) return unknown
  const [start, stop, step] = numbers.map((number) => (number === null ? null : Number(number)))
  const size = Number(extent)
  const by = step ?? 1
  if (
    typeof extent !== 'bigint' ||
    numbers.some((number, i) => bounds[i] !== null && number === null) ||
    by < 1
  )
    return undefined
  const within = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + size : bound, 0), size)
  return BigInt(Math.max(0, Math.ceil((within(stop ?? size) - within(start ?? 0)) / by)))
}

/** The shape of `array[keys]`; null where the keys do not say it, such as masks. */
export function shapeOfPart(shape: ArrayShape, keys: readonly Value[]): ArrayShape | null {
  const isAxis = (key: Value): boolean => key !== null && !(key instanceof Ellipsis)
  const left = shape.length - keys.filter(isAxis).length
  if (left < 0) return null
  const all = new Slice([null, null, null])
  const isOpen = keys.some((key) => key instanceof Ellipsis)
  const whole = (isOpen ? keys : [...keys, new Ellipsis()]).flatMap((key) =>
    key instanceof Ellipsis ? Array.from({ length: left }, () => all) : [key],
  )
  const made: Value[] = []
  let axis = 0
  for (const key of whole) {
    if (key === null) {
      made.push(1n)
      continue
    }
    const extent = shape[axis++] ?? null
    if (key instanceof Slice) {
      const size = key === all ? extent : extentOfSlice(key, extent)
      if (size === undefined) return null
      made.push(size)
    } else if (typeof key !== 'bigint') return null
  }
  return made
}

/** The axis that a number means, of arrays of a rank. */
const axisOf = (axis: Value, rank: number): number | null => {
  const number = numeric(axis)
  return typeof number === 'bigint' ? axisFromStart(Number(number), rank) : null
}

/** The shape of arrays behind each other along an axis; null where they do not fit. */
function joined(shapes: readonly ArrayShape[], axis: number): ArrayShape | null {
  const [first] = shapes
  if (!first || shapes.some(({ length }) => length !== first.length) || axis >= first.length) return null
  const extents = shapes.map((shape) => shape[axis] ?? null)
  const unknown = unknownOf(extents)
  const sum = unknown ?? extents.reduce<bigint>((total, extent) => total + BigInt(Number(extent)), 0n)
  return first.map((extent, i) => (i === axis ? sum : extent))
}

/** How numpy's functions put arrays together, by the shapes of these and the argument `axis`. */
export const joining: Readonly<
  Record<string, (shapes: readonly ArrayShape[], axis: Value | undefined) => ArrayShape | null>
> = {
  hstack: (shapes) => joined(shapes, shapes[0]?.length === 1 ? 0 : 1),
  vstack: (shapes) => joined(shapes.map(asRows), 0),
  column_stack: (shapes) =>
    joined(
      shapes.map((shape) => (shape.length === 1 ? [...shape, 1n] : shape)),
      1,
    ),
  dstack: (shapes) =>
    joined(
      shapes.map((shape) => (shape.length < 3 ? [...asRows(shape), 1n] : shape)),
      2,
    ),
  concatenate: (shapes, axis = 0n) => {
    const place = axisOf(axis, shapes[0]?.length ?? 0)
    return place === null ? null : joined(shapes, place)
  },
  stack: ([first, ...others], axis = 0n) => {
    const place = axisOf(axis, (first?.length ?? 0) + 1)
    if (!first || place === null) return null
    return [...first.slice(0, place), BigInt(others.length + 1), ...first.slice(place)]
  },
}

const asRows = (shape: ArrayShape): ArrayShape => (shape.length === 1 ? [1n, ...shape] : shape)

/** The shape of arithmetic on two arrays; null where they do not fit. */
export function broadcast(a: ArrayShape, b: ArrayShape): ArrayShape | null {
  const rank = Math.max(a.length, b.length)
  const made: Value[] = []
  for (let i = 0; i < rank; i++) {
    const [left = 1n, right = 1n] = [a[a.length - rank + i], b[b.length - rank + i]]
    if (left !== right && left !== 1n && right !== 1n && !unknownOf([left, right])) return null
    made.push(left === 1n ? right : left)
  }
  return made
}

/** The shape of what a reduction leaves, by the argument `axis`; null where that is not known. */
export function reduced(shape: ArrayShape, axis: Value, keepsAxes: boolean): ArrayShape | null {
  const given = axis instanceof Tuple || axis instanceof List ? axis.items : axis === null ? null : [axis]
  const places = given?.map((one) => axisOf(one, shape.length)) ?? shape.map((_, i) => i)
  if (places.includes(null)) return null
  return shape.flatMap((extent, i) => (places.includes(i) ? (keepsAxes ? [1n] : []) : [extent]))
}
