// How losses count in what training minimizes.

/** How the losses of rows count in what training minimizes. */
export interface LossCount {
  /** Whether they are summed; by default training minimizes their mean. */
  readonly isSum?: boolean
  /** By what their mean or sum is multiplied, 1 by default; the losses themselves are not. */
  readonly share?: number
}

/** The slope of what training minimizes by the loss of one of so many rows. */
export const slopeOf = ({ isSum, share = 1 }: LossCount, rows: number): number =>
  isSum ? share : share / rows
