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
  const noise = ((2 ** -22 * Math.sqrt(roundings)) / h) * norm(await productsAt(memory))
  for (const [name, gradient] of Object.entries(gradients)) {
    const x = memory[name]
    if (!(x instanceof Float32Array)) throw new Error(`${name}: expected floats to differentiate by`)
    const largest = largestOf(gradient)
    for (const v of directionsOf(gradient.length)) {
      const at = async (steps: number): Promise<number> => {
        const moved = x.map((value, i) => value + steps * h * (v[i] ?? 0))
        return (await productsAt({ ...memory, [name]: moved })).reduce((sum, product) => sum + product, 0)
      }
      const [near, far] = [(await at(1)) - (await at(-1)), (await at(2)) - (await at(-2))]
      const expected = (8 * near - far) / (12 * h)
      const along = gradient.reduce((sum, g, i) => sum + g * (v[i] ?? 0), 0)
      // x ± h is rounded too.
      const inexact =
        (2 ** -23 / h) * norm(Array.from(gradient, (g, i) => g * (x[i] ?? 0) * Math.sign(v[i] ?? 0)))
      const tolerance = noise + inexact + (16 * h ** 4 + 2 ** -23 * roundings) * largest
      const label = `d ${name} along ${v.filter((step) => step !== 0).length} entries, first ${v.findIndex(Boolean)}`
      expect(
        Math.abs(along - expected),
        `${label}: ${along}, by differences ${expected}`,
      ).toBeLessThanOrEqual(tolerance)
    }
  }

  async function productsAt(changed: Memory): Promise<number[]> {
    const outputs = await outputsAt(changed)
    return Object.entries(weights).flatMap(([name, w]) =>
      Array.from(w, (value, i) => value * (outputs[name]?.[i] ?? 0)),
    )
  }
}

const norm = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

/** Unit vectors: some along an axis, and one of random signs. */
function directionsOf(length: number): Float64Array[] {
  const generator = new Generator(7)
  const chosen = generator.permutation(length).subarray(0, SINGLES)
  const singles = Array.from(chosen, (index) => Float64Array.from({ length }, (_, i) => Number(i === index)))
  const signs = Float64Array.from({ length }, () => (generator.bits() & 1 ? 1 : -1) / Math.sqrt(length))
  return [...singles, signs]
}
