// Arrays with the entries of others in another arrangement.

import { sizeOf } from '../../util/shape.ts'
import { arraysOf, axisOf, extents, type Given, integer, isArray, type NumpyFunction } from './given.ts'
import { broadcastTo, concatenated, type NdArray, transposed } from './ndarray.ts'

export function reshape({ a, newshape, shape = newshape }: Given): NdArray | null {
  const given = extents(shape)
  if (!isArray(a) || !given) return null
  const rest = sizeOf(given.filter((extent) => extent !== -1))
  const made = given.map((extent) => (extent === -1 ? a.data.length / rest : extent))
  const fits = sizeOf(made) === a.data.length && made.every((extent) => Number.isInteger(extent))
  return fits ? { ...a, shape: made } : null
}

export function transpose({ a, axes }: Given): NdArray | null {
  if (!isArray(a)) return null
  const rank = a.shape.length
  const order =
    axes === undefined || axes === null
      ? a.shape.map((_, axis) => rank - 1 - axis)
      : extents(axes)?.map((axis) => axisOf(axis, rank))
  const isOrder = order?.length === rank && !order.includes(null) && new Set(order).size === rank
  return isOrder ? transposed(a, order as number[]) : null
}

export function expandDims({ a, axis }: Given): NdArray | null {
  const place = isArray(a) ? axisOf(integer(axis, 0), a.shape.length + 1) : null
  if (!isArray(a) || place === null) return null
  return { ...a, shape: [...a.shape.slice(0, place), 1, ...a.shape.slice(place)] }
}

export function squeeze({ a, axis }: Given): NdArray | null {
  if (!isArray(a)) return null
  const given = axis === undefined || axis === null ? null : extents(axis)
  const axes = given?.map((one) => axisOf(one, a.shape.length))
  return { ...a, shape: a.shape.filter((extent, i) => extent !== 1 || (axes && !axes.includes(i))) }
}

export function concatenate({ arrays, axis }: Given): NdArray | null {
  const all = arraysOf(arrays)
  const place = axisOf(integer(axis, 0), all?.[0]?.shape.length ?? 0)
  return all && place !== null ? concatenated(all, place) : null
}

export function stack({ arrays, axis }: Given): NdArray | null {
  const all = arraysOf(arrays)
  const place = axisOf(integer(axis, 0), (all?.[0]?.shape.length ?? 0) + 1)
  const expanded = all?.map((a) => expandDims({ a, axis: place ?? 0 }))
  return place !== null && expanded?.every((one) => one !== null)
    ? concatenated(expanded as NdArray[], place)
    : null
}

/** Parts side by side along an axis that arrays of a lower rank get before. */
export const joined =
  (axis: number, isRow: boolean): NumpyFunction =>
  ({ arrays }) => {
    const all = arraysOf(arrays)?.map((one) => {
      if (one.shape.length > 1) return one
      return {
        ...one,
        shape: isRow ? [1, one.data.length] : [one.data.length, ...(isRow ? [] : axis === 1 ? [1] : [])],
      }
    })
    return all ? concatenated(all, axis) : null
  }

export function tile({ a, reps }: Given): NdArray | null {
  const times = extents(reps)
  if (!isArray(a) || !times) return null
  const rank = Math.max(times.length, a.shape.length)
  const [shape, counts] = [a.shape, times].map((one) => [
    ...Array<number>(rank - one.length).fill(1),
    ...one,
  ]) as [number[], number[]]
  // Each axis comes behind one that repeats it.
  const wide = broadcastTo(
    { ...a, shape: shape.flatMap((extent) => [1, extent]) },
    shape.flatMap((extent, axis) => [counts[axis] ?? 1, extent]),
  )
  return wide && { ...wide, shape: shape.map((extent, axis) => extent * (counts[axis] ?? 1)) }
}

export function repeat({ a, repeats, axis }: Given): NdArray | null {
  const times = integer(repeats, -1)
  if (!isArray(a) || times === null || times < 0) return null
  const isFlat = axis === undefined || axis === null
  const of = isFlat ? { ...a, shape: [a.data.length] } : a
  const place = isFlat ? 0 : axisOf(integer(axis, 0), a.shape.length)
  if (place === null) return null
  const { shape } = of
  const [before, after] = [shape.slice(0, place + 1), shape.slice(place + 1)]
  const wide = broadcastTo({ ...of, shape: [...before, 1, ...after] }, [...before, times, ...after])
  return wide && { ...wide, shape: shape.map((extent, i) => (i === place ? extent * times : extent)) }
}
