// Gradients against differences: the derivative of F = Σ w·y along a direction v of one input, by
//   F'(0) ≈ [8(F(h) − F(−h)) − (F(2h) − F(−2h))] / 12h,   off by h⁴F⁗′/30
// F is summed in float64, but y is float32, so that F has rounding errors of some 2⁻²⁴·‖w·y‖, which 1/h magnifies.

import { expect } from 'vitest'
import { Generator } from '../../src/util/generator.ts'
import type { Floats, Memory } from './runPlan.ts'
import { largestOf } from './values.ts'

/** How many entries of an input are changed one by one; a direction through all of them comes after. */
const SINGLES = 8

/**
 * Checks `gradients`, by the names of inputs, at `memory`.
 *
 * @param outputsAt Runs the operation.
 * @param weights w, by the names of outputs.
 * @param h The step, a power of two so that most moved values are exact.
 * @param roundings Roundings that an element of y goes through.
 */
export async function checkDifferences(
  outputsAt: (memory: Memory) => Promise<Floats>,
  memory: Memory,
  weights: Floats,
  gradients: Floats,
  { h, roundings }: { readonly h: number; readonly roundings: number },
): Promise<void> {
  const noise = ((2 ** -22 * Math.sqrt(roundings)) / h) * Math.sqrt((await sumsAt(memory)).squares)
  for (const [name, gradient] of Object.entries(gradients)) {
    const x = memory[name]
    if (!(x instanceof Float32Array)) throw new Error(`${name}: expected floats to differentiate by`)
    const largest = largestOf(gradient)
    for (const v of directionsOf(gradient.length)) {
      const at = async (steps: number): Promise<number> => {
        const moved = x.slice()
        for (const [i, step] of v) moved[i] = (x[i] ?? 0) + steps * h * step
        return (await sumsAt({ ...memory, [name]: moved })).products
      }
      const [near, far] = [(await at(1)) - (await at(-1)), (await at(2)) - (await at(-2))]
      const expected = (8 * near - far) / (12 * h)
      let [along, squares] = [0, 0]
      for (const [i, step] of v) {
        const g = gradient[i] ?? Number.NaN
        along += g * step
        squares += (g * (x[i] ?? 0)) ** 2
      }
      // x ± h is rounded too.
      const inexact = (2 ** -23 / h) * Math.sqrt(squares)
      const tolerance = noise + inexact + (16 * h ** 4 + 2 ** -23 * roundings) * largest
      const label = `d ${name} along ${v.length} entries, first ${v[0]?.[0]}`
      expect(
        Math.abs(along - expected),
        `${label}: ${along}, by differences ${expected}`,
      ).toBeLessThanOrEqual(tolerance)
    }
  }

  /** F, and the sum of the squares of its terms. */
  async function sumsAt(changed: Memory): Promise<{ products: number; squares: number }> {
    const outputs = await outputsAt(changed)
    let [products, squares] = [0, 0]
    for (const [name, w] of Object.entries(weights)) {
      const y = outputs[name]
      for (let i = 0; i < w.length; i++) {
        const product = (w[i] ?? 0) * (y?.[i] ?? 0)
        products += product
        squares += product * product
      }
    }
    return { products, squares }
  }
}

/** The entries of a unit vector that are not zero: each with its index. */
type Direction = readonly (readonly [index: number, step: number])[]

/** Some along an axis, and one of random signs. */
function directionsOf(length: number): Direction[] {
  const generator = new Generator(7)
  const chosen = generator.permutation(length).subarray(0, SINGLES)
  const singles = Array.from(chosen, (index): Direction => [[index, 1]])
  const signs = Array.from(
    { length },
    (_, i) => [i, (generator.bits() & 1 ? 1 : -1) / Math.sqrt(length)] as const,
  )
  return [...singles, signs]
}
