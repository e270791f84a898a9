// Labels that are read from classes over time, as in connectionist temporal classification: without repetitions, then without blanks.

/** The classes of a sample, time step by time step. */
export interface ClassScores {
  readonly steps: number
  readonly classes: number
  /** The class that stands between labels. */
  readonly blank: number
  /** The logit of a class at a time step. */
  at(step: number, label: number): number
}

/** Labels with their score. */
export interface CtcPath {
  readonly labels: readonly number[]
  readonly score: number
}

/** The labels of the best class of each time step; the score is the sum of their logits, negative. */
export function greedyPath({ steps, classes, blank, at }: ClassScores, mergeRepeated: boolean): CtcPath {
  const labels: number[] = []
  let [score, before] = [0, blank]
  for (let t = 0; t < steps; t++) {
    let best = 0
    for (let c = 1; c < classes; c++) if (at(t, c) > at(t, best)) best = c
    if (best !== blank && !(mergeRepeated && t > 0 && best === before)) labels.push(best)
    score -= at(t, best)
    before = best
  }
  return { labels, score }
}

/** Labels that have been read so far, with the logarithms of what they have of all ways: by last class and by last blank. */
interface Beam {
  readonly key: string
  readonly labels: readonly number[]
  emitted: number
  blanked: number
}

const addLogs = (a: number, b: number): number => {
  const most = Math.max(a, b)
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most))
}
const totalOf = ({ emitted, blanked }: Beam): number => addLogs(emitted, blanked)

/**
 * The labels with the largest probabilities, the best first, of which after each time step the best `width` are kept; the score is the
 * logarithm of the probability.
 */
export function beamPaths({ steps, classes, blank, at }: ClassScores, width: number): readonly CtcPath[] {
  const none = Number.NEGATIVE_INFINITY
  let beams: readonly Beam[] = [{ key: '', labels: [], emitted: none, blanked: 0 }]
  for (let t = 0; t < steps; t++) {
    const logits = Array.from({ length: classes }, (_, c) => at(t, c))
    const most = Math.max(...logits)
    const sum = most + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0))
    const next = new Map<string, Beam>()
    const reach = ({ key, labels }: Beam, label: number | null): Beam => {
      const reached = label === null ? key : `${key} ${label}`
      const found = next.get(reached) ?? {
        key: reached,
        labels: label === null ? labels : [...labels, label],
        emitted: none,
        blanked: none,
      }
      next.set(reached, found)
      return found
    }
    for (const beam of beams) {
      const total = totalOf(beam)
      const last = beam.labels.at(-1)
      logits.forEach((logit, c) => {
        const log = logit - sum
        const stays = reach(beam, null)
        if (c === blank) stays.blanked = addLogs(stays.blanked, total + log)
        else {
          // The same class again is the same label, unless a blank is between.
          if (c === last) stays.emitted = addLogs(stays.emitted, beam.emitted + log)
          const longer = reach(beam, c)
          longer.emitted = addLogs(longer.emitted, (c === last ? beam.blanked : total) + log)
        }
      })
    }
    beams = [...next.values()].sort((a, b) => totalOf(b) - totalOf(a) || 0).slice(0, width)
  }
  return beams.map((beam) => ({ labels: beam.labels, score: totalOf(beam) }))
}
