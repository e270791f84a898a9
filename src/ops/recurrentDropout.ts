// Recurrent dropout: what layers say of it, and kernels are told.

/** What drops, and by which draws. */
export interface RecurrentDropout {
  /** Share of the state that a gate does not see, in [0, 1); 0 drops nothing. */
  readonly rate: number
  readonly seed: number
  /** Of the second direction, where there are two. */
  readonly otherSeed?: number | undefined
}

/** The scalars of kernels that drop: `DROPS` makes a pipeline of its own. */
export const dropoutParams = ({ rate, seed, otherSeed = 0 }: RecurrentDropout = { rate: 0, seed: 0 }) => ({
  DROPS: Number(rate > 0),
  recurrentRate: rate,
  seed,
  otherSeed,
})
