// What real Keras has of its networks, golden.json: layers, weights and files of each, and predictions with weights of a formula.

import { readFileSync } from 'node:fs'

/** Layers, weights, a digest of the names of layers and shapes of weights, and where Keras's weights are, and their sum. */
type Network = readonly [layers: number, weights: number, digest: string, path: string, sum: string | null]

export interface Prediction {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly count: number
  readonly first: readonly number[]
  /** By what kernels are multiplied, 1 by default: with others some networks magnify every rounding. */
  readonly gain?: number
  /** Of magnitudes. */
  readonly sum: number
}

interface Golden {
  readonly networks: Readonly<Record<string, Readonly<Record<'top' | 'no', Network>>>>
  readonly predictions: readonly Prediction[]
}

export const golden: Golden = JSON.parse(readFileSync('test/applications/golden.json', 'utf8'))
