// Classes as outputs of a softmax.

const CLASSES = 10

/** A class as a row of zeros with a one. */
export const oneHot = ([label]: readonly number[]): number[] =>
  Array.from({ length: CLASSES }, (_, i) => (i === label ? 1 : 0))

/** The likeliest class of each row of probabilities, ten classes a row by default. */
export const classesOf = (outputs: Float32Array, count = CLASSES): number[] =>
  Array.from({ length: outputs.length / count }, (_, row) => {
    const chances = outputs.subarray(row * count, (row + 1) * count)
    return chances.indexOf(Math.max(...chances))
  })
