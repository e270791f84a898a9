// Python's functions that make numbers of values, and characters of numbers.

import { HostValue } from './hostValue.ts'
import { numeric, type Value } from './values.ts'

/** Rounds to so many digits, ties to even; without digits to an int. */
export function round(_: unknown, [value = null, digits = null]: readonly Value[]): Value | undefined {
  const number = numeric(value)
  if (number === null || typeof number === 'bigint') return number ?? undefined
  const count = digits === null ? 0 : Number(numeric(digits) ?? Number.NaN)
  if (!(Math.abs(count) <= 20) || !Number.isFinite(number)) return undefined
  const scale = 10 ** count
  const scaled = number * scale
  const floor = Math.floor(scaled)
  const isTie = scaled - floor === 0.5
  const rounded = isTie ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(scaled)
  return digits === null ? BigInt(rounded) : rounded / scale
}

export function toInt(_: unknown, [value = 0n]: readonly Value[]): Value | undefined {
  const number = numeric(value)
  if (typeof number === 'bigint') return number
  if (typeof number === 'number') return Number.isFinite(number) ? BigInt(Math.trunc(number)) : undefined
  return typeof value === 'string' && /^\s*[+-]?\d{1,300}\s*$/.test(value)
    ? BigInt(value.trim().replace(/^\+/, ''))
    : undefined
}

export function toFloat(_: unknown, [value = 0]: readonly Value[]): Value | undefined {
  const number = value instanceof HostValue ? value.number : numeric(value)
  if (number !== null) return Number(number)
  const text = typeof value === 'string' ? value.trim() : ''
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

/** The code of a character. */
export const ord = (_: unknown, [value]: readonly Value[]): Value | undefined =>
  typeof value === 'string' && [...value].length === 1 ? BigInt(value.codePointAt(0) ?? 0) : undefined

/** The character of a code. */
export function chr(_: unknown, [value = null]: readonly Value[]): Value | undefined {
  const code = numeric(value)
  const isCode = typeof code === 'bigint' && code >= 0n && code <= 0x10ffffn
  return isCode ? String.fromCodePoint(Number(code)) : undefined
}
