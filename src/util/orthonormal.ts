// Random orthonormal vectors: n of length m, uniformly distributed over all such frames (Haar's measure).
//
// A few are the Q of a QR decomposition of normal numbers, with a positive diagonal in R, by Gram and Schmidt. That costs
// 2·n²·m operations, minutes for a large recurrent kernel. So many are drawn as a random walk draws them (Kac 1956): the
// first n axes of space are turned by rounds of random rotations, each of which turns all axes in pairs. That is orthonormal
// from the start and becomes uniform exponentially fast.

import type { Generator } from './generator.ts'

/** The largest n²·m for which vectors are drawn and orthonormalized. */
const FEW = 2 ** 26

export interface Frame {
  /** How many vectors, at most as many as each has entries. */
  readonly count: number
  readonly length: number
}

/** Gives every entry of a random frame to `set`, vector by vector. */
export function drawFrame(
  frame: Frame,
  generator: Generator,
  set: (vector: number, entry: number, value: number) => void,
): void {
  const { count, length } = frame
  if (count * count * length > FEW) {
    walk(frame, generator, set)
    return
  }
  const vectors = Float64Array.from({ length: count * length }, () => generator.normal())
  orthonormalize(vectors, frame)
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < length; k++) set(i, k, vectors[i * length + k]!)
  }
}

/** Turns linearly independent vectors [count, length] into an orthonormal basis of what they span, in place. */
function orthonormalize(vectors: Float64Array, { count, length }: Frame): void {
  const row = (index: number): Float64Array => vectors.subarray(index * length, (index + 1) * length)
  for (let i = 0; i < count; i++) {
    const unit = row(i)
    const norm = Math.sqrt(dot(unit, unit))
    for (let k = 0; k < length; k++) unit[k]! /= norm
    for (let j = i + 1; j < count; j++) {
      const other = row(j)
      const along = dot(unit, other)
      for (let k = 0; k < length; k++) other[k]! -= along * unit[k]!
    }
  }
}

/** Dot product in four independent sums, which processors add in parallel. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let k = 0
  for (; k + 4 <= a.length; k += 4) {
    s0 += a[k]! * b[k]!
    s1 += a[k + 1]! * b[k + 1]!
    s2 += a[k + 2]! * b[k + 2]!
    s3 += a[k + 3]! * b[k + 3]!
  }
  for (; k < a.length; k++) s0 += a[k]! * b[k]!
  return s0 + s1 + (s2 + s3)
}

/** Vectors that are turned together: few enough to stay in the cache from one round to the next. */
const TOGETHER = 32

/** Random rotations: each pair of successive axes turns by the angle with the given cosine and sine. */
interface Round {
  readonly axes: Uint32Array
  readonly cosines: Float64Array
  readonly sines: Float64Array
}

function walk(
  { count, length }: Frame,
  generator: Generator,
  set: (vector: number, entry: number, value: number) => void,
): void {
  const rounds = Array.from({ length: roundsFor(length) }, () => drawRound(length, generator))
  // The vectors may start as any axes, because the first round pairs axes at random.
  const entries = new Float64Array(length * TOGETHER)
  for (let first = 0; first < count; first += TOGETHER) {
    const vectors = Math.min(TOGETHER, count - first)
    entries.fill(0)
    for (let v = 0; v < vectors; v++) entries[(first + v) * TOGETHER + v] = 1
    for (const round of rounds) turn(entries, round)
    for (let v = 0; v < vectors; v++) {
      for (let k = 0; k < length; k++) set(first + v, k, entries[k * TOGETHER + v]!)
    }
  }
}

/**
 * Number of rounds. The sum of the fourth powers of a vector's entries measures how far it is from uniform: it is 1 for an axis
 * and 3 / (m + 2) in the limit. A round of angles between π/8 and 3π/8 multiplies the excess over the limit by 0.59; the rounds
 * reduce it to a thousandth of the limit.
 */
const roundsFor = (length: number): number => Math.ceil(Math.log((1000 * length) / 3) / -Math.log(0.59))

function drawRound(length: number, generator: Generator): Round {
  const axes = generator.permutation(length)
  // An axis that is left over waits for the next round.
  const pairs = Math.floor(length / 2)
  const angles = Float64Array.from({ length: pairs }, () => {
    const quarter = generator.below(4)
    return (Math.PI / 2) * (quarter + 0.25 + generator.uniform() / 2)
  })
  return { axes, cosines: angles.map(Math.cos), sines: angles.map(Math.sin) }
}

function turn(entries: Float64Array, { axes, cosines, sines }: Round): void {
  for (let pair = 0; pair < cosines.length; pair++) {
    const cosine = cosines[pair]!
    const sine = sines[pair]!
    const a = axes[2 * pair]! * TOGETHER
    const b = axes[2 * pair + 1]! * TOGETHER
    for (let v = 0; v < TOGETHER; v++) {
      const x = entries[a + v]!
      const y = entries[b + v]!
      entries[a + v] = cosine * x - sine * y
      entries[b + v] = sine * x + cosine * y
    }
  }
}
