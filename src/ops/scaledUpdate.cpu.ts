// What loss scaling changes in updates on the CPU (lossScaleState.ts).

import { RATE } from './lossScaleState.ts'

/** The factor of gradients, 1 / scale; 0 where the update is skipped. */
export const unscaling = ({ SCALED }: { readonly SCALED?: number }, scaling: Float32Array): number =>
  SCALED ? scaling[3]! : 1

/** The effective rate; with loss scaling the learning rate alone, without bias corrections. */
export const rateOf = (
  { SCALED }: { readonly SCALED?: number },
  scaling: Float32Array,
  given: number,
): number => (SCALED ? scaling[RATE]! : given)

/** Adam's effective rate: with loss scaling only the scale's state knows how many updates were made. */
export function adamRate(
  {
    SCALED,
    firstShare,
    secondShare,
  }: { readonly SCALED?: number; readonly firstShare: number; readonly secondShare: number },
  scaling: Float32Array,
  given: number,
): number {
  if (!SCALED) return given
  const updates = scaling[2]!
  return (scaling[RATE]! * Math.sqrt(1 - (1 - secondShare) ** updates)) / (1 - (1 - firstShare) ** updates)
}
