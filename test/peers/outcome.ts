// What comes of a case: its numbers agree, they do not, or it cannot be told.

import { sizeOf } from '../../src/util/shape.ts'
import type { Expected } from './cases.ts'

/** What comes of a case. */
export interface Outcome {
  readonly status: 'agree' | 'disagree' | 'missing'
  readonly note?: string
}

/** Thrown where a case cannot be run, and why. */
export class Missing extends Error {}

export const agree: Outcome = { status: 'agree' }
export const disagree = (note: string): Outcome => ({ status: 'disagree', note })

/** What was found: a tensor, or a number. */
export interface Found {
  readonly shape?: readonly number[]
  readonly data: ArrayLike<number>
}

/** Keras's own float32 differs from other sums' order by this much of the larger of 1 and the number. */
const TOLERANCE = 2e-5

const shown = (numbers: ArrayLike<number | null>): string => `[${Array.from(numbers).slice(0, 6).join(', ')}]`

/** Compares shapes of which an open dimension may be anything. */
export function compareShape(
  found: readonly (number | null)[],
  shape: readonly (number | null)[],
): Outcome | null {
  const isSame = found.length === shape.length && shape.every((size, i) => size === null || size === found[i])
  return isSame ? null : disagree(`shape: got [${found}], expected [${shape}]`)
}

/** Compares the numbers, each as closely as the other library's test or as {@link TOLERANCE} has it. */
export function compare(
  { data }: Found,
  { data: expected, atol = 0, rtol = 0 }: Pick<Expected, 'data' | 'atol' | 'rtol'>,
): Outcome {
  if (data.length !== expected.length) return disagree(`${data.length} numbers, expected ${expected.length}`)
  for (const [i, value] of expected.entries()) {
    const got = data[i] as number
    if (value === null) {
      if (Number.isFinite(got)) return disagree(`got ${got} at ${i}, expected what is not finite`)
      continue
    }
    const size = Math.abs(value)
    const allowed = Math.max(TOLERANCE * Math.max(1, size), atol + rtol * size)
    if (!(Math.abs(got - value) <= allowed))
      return disagree(`at ${i}: got ${shown(data)}, expected ${shown(expected)}`)
  }
  return agree
}

/** An output as a case has it. */
export function compareOutput(found: Found | undefined, expected: Expected): Outcome {
  if (!found) return disagree(`no output ${expected.index}`)
  if (expected.mean) {
    const sum = Array.from(found.data).reduce((total, value) => total + value, 0)
    return compare({ data: [sum / found.data.length] }, expected)
  }
  const shape = found.shape ?? [found.data.length]
  const wrong =
    sizeOf(shape) === 1 && expected.shape.length === 0 ? null : compareShape(shape, expected.shape)
  return wrong ?? (expected.shapeOnly ? agree : compare(found, expected))
}
