// What a loss scale keeps on the device, five floats: the scale; steps since it changed; updates made; by what this step's
// gradients are multiplied in the update, 1 / scale, or 0 where one of them overflowed and the update does nothing; and
// whether halves overflowed in this step, 1 or 0.

export const SCALING_SIZE = 5
export const OVERFLOWED = 4

/** A scale of 0 would never grow again. */
export const LEAST_SCALE = 2 ** -126
/** A scale of infinity would never shrink again; of this one the inverse, too, is a normal number. */
export const MOST_SCALE = 2 ** 126
