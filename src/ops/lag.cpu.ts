// The CPU side of lag.ts; shaders/lib/adam_lag.wgsl has the formulas.

import { cpuSide } from './cpuSide.ts'
import { rowOf, runsOf, sumOfRun } from './idRuns.cpu.ts'
import type * as Kernels from './kernels.gen.ts'
import { HEAD } from './lagHistory.ts'
import { adamRate, unscaling } from './scaledUpdate.cpu.ts'

/** How weights go on without gradients, see lag.ts. */
interface Decay {
  readonly epsilon: number
  readonly logFirst: number
  readonly logSecond: number
  readonly ratio: number
  readonly stretch: number
  readonly span: number
  readonly most: number
  readonly rates: number
}

/** The total of the weights of a span of missed updates, and by them the mean and variance of x, beside which ε stands. */
interface Span {
  readonly total: number
  readonly mean: number
  readonly variance: number
}

/** What a row missed: what each of its weights did. */
class Missed {
  readonly count: number
  readonly #spans: readonly Span[]
  readonly #decay: Decay

  constructor(row: number, history: Uint32Array, decay: Decay) {
    const seen = history[HEAD + decay.rates + row]!
    this.count = history[0]! - seen
    this.#decay = decay
    this.#spans = spansOf(seen, this.count, history, decay)
  }

  weight(w: number, m: number, v: number): number {
    const { epsilon } = this.#decay
    const root = Math.sqrt(v)
    let change = 0
    for (const { total, mean, variance } of this.#spans) {
      const divisor = root + epsilon * mean
      change += (total / divisor) * (1 + variance * (epsilon / divisor) ** 2)
    }
    return m === 0 ? w : w - m * change
  }

  first(m: number): number {
    return m * Math.exp(this.count * this.#decay.logFirst)
  }

  second(v: number): number {
    return v * Math.exp(this.count * this.#decay.logSecond)
  }
}

function spansOf(
  seen: number,
  missed: number,
  history: Uint32Array,
  { ratio, stretch, span, most, rates }: Decay,
): Span[] {
  const until = Math.min(missed, most)
  const given = ratesOf(history)
  const spans: Span[] = []
  for (let k = 0; k < until; ) {
    const x = (1 + stretch) ** k
    let [total, first, second, excess] = [0, 0, 0, 0]
    for (const end = Math.min(k + span, until); k < end; ) {
      k++
      excess += stretch + stretch * excess
      const weight = given[HEAD + ((seen + k) % rates)]! * ratio ** k
      total += weight
      first += weight * excess
      second += weight * excess * excess
    }
    if (total === 0) continue
    const mean = first / total
    spans.push({ total, mean: x * (1 + mean), variance: x * x * (second / total - mean * mean) })
  }
  return spans
}

/** The rates of a history, at their places. */
const ratesOf = ({ buffer, byteOffset, length }: Uint32Array): Float32Array =>
  new Float32Array(buffer, byteOffset, length)

export const adamLookup = cpuSide<typeof Kernels.adamLookup>({
  compiled: 'adamLookup',
  cpu({ ids, table, m, v, history, y }, { size, columns, rows, ...decay }) {
    for (let i = 0; i < size / columns; i++) {
      const row = rowOf(ids[i]!, rows)
      const missed = row < 0 ? null : new Missed(row, history, decay)
      for (let j = 0; j < columns; j++) {
        const at = row * columns + j
        y[i * columns + j] = missed?.weight(table[at]!, m[at]!, v[at]!) ?? 0
      }
    }
  },
})

export const adamRows = cpuSide<typeof Kernels.adamRows>({
  compiled: 'adamRows',
  cpu({ ids, order, sums, scaling, table, m, v, history }, p, step) {
    const { columns, rows, firstShare, secondShare, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = adamRate(p, scaling, step.rate)
    const updates = history[0]! + 1
    ratesOf(history)[HEAD + (updates % p.rates)] = rate
    for (const run of runsOf(ids, order, rows)) {
      const { row } = run
      const missed = new Missed(row, history, p)
      for (let j = 0; j < columns; j++) {
        const at = row * columns + j
        const g = unscale * sumOfRun(sums, columns, run, j)
        const w = missed.weight(table[at]!, m[at]!, v[at]!)
        const before = missed.first(m[at]!)
        const beforeSquares = missed.second(v[at]!)
        m[at] = before + (g - before) * firstShare
        v[at] = beforeSquares + (g * g - beforeSquares) * secondShare
        table[at] = w - (rate * m[at]!) / (Math.sqrt(v[at]!) + epsilon)
      }
      history[HEAD + p.rates + row] = updates
    }
    history[1] = history[0]!
    history[0] = updates
  },
})

export const adamCatchUp = cpuSide<typeof Kernels.adamCatchUp>({
  compiled: 'adamCatchUp',
  cpu({ table, m, v, history }, { columns, rows, ...decay }) {
    for (let row = 0; row < rows; row++) {
      const missed = new Missed(row, history, decay)
      if (missed.count === 0) continue
      for (let at = row * columns; at < (row + 1) * columns; at++) {
        table[at] = missed.weight(table[at]!, m[at]!, v[at]!)
        m[at] = missed.first(m[at]!)
        v[at] = missed.second(v[at]!)
      }
      history[HEAD + decay.rates + row] = history[0]!
    }
  },
})
