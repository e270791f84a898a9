// Recurrent dropout as an attribute of operations, and as scalars of kernels.

/** The rate of recurrent dropout, and the seeds of its draws. */
export interface RecurrentDropout {
  /** Share of the state that a gate does not see, in [0, 1); 0 drops nothing. */
  readonly rate: number
  readonly seed: number
  /** The seed of the second direction, where there are two. */
  readonly otherSeed?: number | undefined
}

/** The scalars of recurrent dropout; `DROPS` is a constant, so that pipelines without dropout contain no code for it. */
export const dropoutParams = ({ rate, seed, otherSeed = 0 }: RecurrentDropout = { rate: 0, seed: 0 }) => ({
  DROPS: Number(rate > 0),
  recurrentRate: rate,
  seed,
  otherSeed,
})
