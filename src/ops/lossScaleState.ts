// The state of a loss scale on the device, floats: the scale; training steps since it changed; updates made; the factor of
// this step's gradients in the update, 1 / scale, or 0 where a gradient overflowed and the update does nothing; 1 where f16
// values overflowed in this step, else 0; the learning rate of this step's update; skipped steps that the host has counted; and the
// rates of the last steps, of which that of an update is one where a schedule gives them.

export const OVERFLOWED = 4
export const RATE = 5
export const SKIPPED = 6
export const FIRST_RATE = 7
/** So many skipped steps at most are told apart. A scale falls from its first value to its least one in 141 of them. */
export const KEPT_RATES = 1024
export const SCALING_SIZE = FIRST_RATE + KEPT_RATES
/** What an update reads of it, or of what stands in its place (aroundUpdate.ts). */
export const GATE_SIZE = RATE + 1

/** Words behind the running means: skipped steps in a row first, and in the last one all that the host has counted; others are of ids.ts. */
export const SKIPPED_WORDS = 6

/** A scale of 0 would never grow again. */
export const LEAST_SCALE = 2 ** -126
/** A scale of infinity would never shrink again; the inverse of this scale is a normal number, too. */
export const MOST_SCALE = 2 ** 126

/** The state after so many updates. */
export function scalingState(dynamicScale: number, stepCounter: number, updates: number): Float32Array {
  const state = new Float32Array(SCALING_SIZE)
  state.set([dynamicScale, stepCounter, updates])
  return state
}
