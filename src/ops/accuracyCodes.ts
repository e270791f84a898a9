// The rules by which a prediction counts as a hit.

/** Codes of shaders/accuracy.wgsl: entries above a threshold, the largest of a row against one-hot rows, or against a class. */
export const accuracyCodes = { binary: 0, categorical: 1, sparse: 2 } as const
