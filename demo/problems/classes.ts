// Ten classes as outputs of a softmax.

const CLASSES = 10

/** A class as a row of zeros with a one. */
export const oneHot = ([label]: readonly number[]): number[] =>
  Array.from({ length: CLASSES }, (_, i) => (i === label ? 1 : 0))

/** The likeliest class of each row of probabilities. */
export const classesOf = (outputs: Float32Array): number[] =>
  Array.from({ length: outputs.length / CLASSES }, (_, row) => {
    const chances = outputs.subarray(row * CLASSES, (row + 1) * CLASSES)
    return chances.indexOf(Math.max(...chances))
  })
