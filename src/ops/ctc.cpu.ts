// The CPU side of ctc.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Stands for the logarithm of 0. */
const LOG_ZERO = -1e30

const addLogs = (a: number, b: number): number =>
  Math.max(a, b) + Math.log1p(Math.exp(Math.min(a, b) - Math.max(a, b)))

interface Sizes {
  readonly classes: number
  readonly most: number
  readonly states: number
  readonly blank: number
}

/** The class of each state of a sample: blank, label, blank, … */
function classesOf(
  labels: ArrayLike<number>,
  sample: number,
  { classes, most, states, blank }: Sizes,
): Uint32Array {
  return Uint32Array.from({ length: states }, (_, s) =>
    Math.min(s % 2 === 1 ? labels[sample * most + (s >> 1)]! : blank, classes - 1),
  )
}

/** Whether a state may follow the one before the last: its blank may be left out. */
const mayLeap = (own: Uint32Array, s: number): boolean => s >= 3 && s % 2 === 1 && own[s] !== own[s - 2]

export const ctc = cpuSide<typeof Kernels.ctc>({
  cpu({ x, labels, labelLengths, lengths, loss, alpha }, sizes) {
    const { time, classes, states, batch } = sizes
    for (let sample = 0; sample < batch; sample++) {
      const own = classesOf(labels, sample, sizes)
      for (let t = 0; t < time; t++) {
        const row = (sample * time + t) * states
        for (let s = 0; s < states; s++) {
          let sum = t === 0 && s < 2 ? 0 : LOG_ZERO
          if (t > 0) {
            const before = row - states + s
            sum = alpha[before]!
            if (s >= 1) sum = addLogs(sum, alpha[before - 1]!)
            if (mayLeap(own, s)) sum = addLogs(sum, alpha[before - 2]!)
          }
          const emission = x[(sample * time + t) * classes + own[s]!]!
          alpha[row + s] = sum === LOG_ZERO ? sum : sum + emission
        }
      }
      loss[sample] = -totalOf(alpha, sample, {
        time,
        states,
        length: lengths[sample]!,
        labels: labelLengths[sample]!,
      })
    }
  },
})

interface Ends {
  readonly time: number
  readonly states: number
  readonly length: number
  readonly labels: number
}

/** The logarithm of the sum of all ways. */
function totalOf(alpha: Float32Array, sample: number, { time, states, length, labels }: Ends): number {
  const last = (sample * time + Math.max(length, 1) - 1) * states + 2 * labels
  return labels > 0 ? addLogs(alpha[last]!, alpha[last - 1]!) : alpha[last]!
}

export const ctcGradient = cpuSide<typeof Kernels.ctcGradient>({
  cpu({ x, labels, labelLengths, lengths, alpha, dloss, dx }, sizes) {
    const { time, classes, states, batch } = sizes
    for (let sample = 0; sample < batch; sample++) {
      const own = classesOf(labels, sample, sizes)
      const length = Math.max(lengths[sample]!, 1)
      const end = 2 * labelLengths[sample]!
      const total = totalOf(alpha, sample, { time, states, length, labels: end / 2 })
      const scale = total > 0.1 * LOG_ZERO ? -dloss[sample]! : 0
      let next = new Float64Array(states)
      for (let t = time - 1; t >= 0; t--) {
        const beta = new Float64Array(states).fill(LOG_ZERO)
        const place = (sample * time + t) * classes
        dx.fill(0, place, place + classes)
        if (t >= length) continue
        const onward = (s: number): number => next[s]! + x[place + classes + own[s]!]!
        for (let s = 0; s <= end; s++) {
          if (t === length - 1) beta[s] = s >= end - 1 ? 0 : LOG_ZERO
          else {
            let sum = onward(s)
            if (s + 1 <= end) sum = addLogs(sum, onward(s + 1))
            if (s + 2 <= end && mayLeap(own, s + 2)) sum = addLogs(sum, onward(s + 2))
            beta[s] = sum
          }
          const at = place + own[s]!
          dx[at] = dx[at]! + scale * Math.exp(alpha[(sample * time + t) * states + s]! + beta[s]! - total)
        }
        next = beta
      }
    }
  },
})
