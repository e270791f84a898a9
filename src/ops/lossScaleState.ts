// The state of a loss scale on the device, five floats: the scale; training steps since it changed; updates made; the factor of
// this step's gradients in the update, 1 / scale, or 0 where a gradient overflowed and the update does nothing; and 1 where f16
// values overflowed in this step, else 0.

export const SCALING_SIZE = 5
export const OVERFLOWED = 4

/** A scale of 0 would never grow again. */
export const LEAST_SCALE = 2 ** -126
/** A scale of infinity would never shrink again; the inverse of this scale is a normal number, too. */
export const MOST_SCALE = 2 ** 126
