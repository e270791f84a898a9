// Areas under curves of counts at thresholds: the values of AUC.

import { quotient } from '../metricState.ts'
import type { Counts } from './counts.ts'

export type Curve = 'ROC' | 'PR' | 'PRGAIN'
export type Summation = 'interpolation' | 'minoring' | 'majoring'

export const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0)

/** The area under a curve, by the counts at its thresholds. */
export function areaUnder(curve: Curve, method: Summation): (counts: readonly Counts[]) => number {
  if (curve === 'PR' && method === 'interpolation') return interpolatedPrecision
  const height = { interpolation: mean, minoring: Math.min, majoring: Math.max }[method]
  const pointOf = { ROC: pointOfRoc, PR: pointOfPrecision, PRGAIN: pointOfGain }[curve]
  return (counts) => sum(pairs(counts.map(pointOf)).map(([a, b]) => (a.x - b.x) * height(a.y, b.y)))
}

const mean = (a: number, b: number): number => (a + b) / 2
const pairs = <T>(list: readonly T[]): (readonly [T, T])[] =>
  list.slice(1).map((next, i) => [list[i] as T, next])

interface Point {
  readonly x: number
  readonly y: number
}

const recallOf = ({ truePositives, falseNegatives }: Counts): number =>
  quotient(truePositives, truePositives + falseNegatives)

const pointOfRoc = (counts: Counts): Point => ({
  x: quotient(counts.falsePositives, counts.falsePositives + counts.trueNegatives),
  y: recallOf(counts),
})

const pointOfPrecision = (counts: Counts): Point => ({
  x: recallOf(counts),
  y: quotient(counts.truePositives, counts.truePositives + counts.falsePositives),
})

/** Without true positives the gain of recall is 0 and that of precision 1; no gain of recall is below 0. */
function pointOfGain({ truePositives, falsePositives, trueNegatives, falseNegatives }: Counts): Point {
  if (truePositives === 0) return { x: 0, y: 1 }
  const ratio = quotient(truePositives + falseNegatives, trueNegatives + falsePositives)
  return {
    x: Math.max(1 - (ratio * falseNegatives) / truePositives, 0),
    y: 1 - (ratio * falsePositives) / truePositives,
  }
}

/** The area under precision by recall where true positives between two thresholds grow linearly with all positives. */
const interpolatedPrecision = (counts: readonly Counts[]): number =>
  pairs(counts).reduce((area, [a, b]) => {
    const [p, q] = [a.truePositives + a.falsePositives, b.truePositives + b.falsePositives]
    const gained = a.truePositives - b.truePositives
    const slope = quotient(gained, Math.max(p - q, 0))
    const intercept = b.truePositives - slope * q
    const ratio = p > 0 && q > 0 ? p / q : 1
    const all = Math.max(b.truePositives + b.falseNegatives, 0)
    return area + quotient(slope * (gained + intercept * Math.log(ratio)), all)
  }, 0)
