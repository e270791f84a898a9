// Arrays that numpy makes of sizes and bounds.

import {
  type Argument,
  extents,
  type Given,
  integer,
  isArray,
  isFloat,
  isInt,
  type NumpyFunction,
} from './given.ts'
import { filled, type NdArray } from './ndarray.ts'

export const full =
  (value: number | null): NumpyFunction =>
  (given) => {
    const shape = extents(given.shape)
    const fill = value ?? (isArray(given.fill_value) ? given.fill_value.data[0] : undefined)
    if (!shape || fill === undefined) return null
    return filled(
      shape,
      value === null ? !isFloat(given) && isIntegral(given.fill_value) : isInt(given),
      () => fill,
    )
  }

const isIntegral = (value: Argument | undefined): boolean => isArray(value) && value.isInteger

export const like =
  (value: number): NumpyFunction =>
  ({ a }) =>
    isArray(a) ? { data: a.data.map(() => value), shape: a.shape, isInteger: a.isInteger } : null

export function arange(given: Given): NdArray | null {
  const numbers = ['start', 'stop', 'step'].map((name) => given[name])
  if (numbers.some((one) => one !== undefined && !(isArray(one) && one.shape.length === 0))) return null
  const [a, b, by] = numbers as (NdArray | undefined)[]
  if (!a) return null
  const step = by?.data[0] ?? 1
  const [start, stop] = b ? [a.data[0] ?? 0, b.data[0] ?? 0] : [0, a.data[0] ?? 0]
  if (step === 0) return null
  const isInteger = !isFloat(given) && [a, b, by].every((one) => one?.isInteger ?? true)
  return filled([Math.max(0, Math.ceil((stop - start) / step))], isInteger, (i) => start + i * step)
}

export function linspace({ start, stop, num, endpoint = true }: Given): NdArray | null {
  const count = integer(num, 50)
  if (
    !isArray(start) ||
    !isArray(stop) ||
    count === null ||
    start.data.length !== 1 ||
    stop.data.length !== 1
  )
    return null
  const [from, to] = [start.data[0] ?? 0, stop.data[0] ?? 0]
  const parts = endpoint === false ? count : count - 1
  return filled([count], false, (i) =>
    parts === 0 ? from : i === parts ? to : from + (i * (to - from)) / parts,
  )
}

export function eye({ n, m, k }: Given): NdArray | null {
  const rows = integer(n, -1)
  const columns = integer(m, rows ?? -1)
  const offset = integer(k, 0)
  if (rows === null || columns === null || offset === null) return null
  return filled([rows, columns], false, (i) => Number((i % columns) - Math.floor(i / columns) === offset))
}

export const triangle =
  (isLower: boolean): NumpyFunction =>
  ({ a, k }) => {
    const offset = integer(k, 0)
    if (!isArray(a) || offset === null || a.shape.length < 2) return null
    const [rows = 1, columns = 1] = a.shape.slice(-2)
    const data = a.data.map((value, i) => {
      const beyond = (i % columns) - (Math.floor(i / columns) % rows) - offset
      return (isLower ? beyond <= 0 : beyond >= 0) ? value : 0
    })
    return { ...a, data }
  }
