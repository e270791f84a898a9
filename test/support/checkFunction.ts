/** Functions of `ops` against doubles, both backends against each other, and gradients against differences. */
import { expect, test } from 'vitest'
import type { SymbolicTensor, Tensor } from '../../src/index.ts'
import { checkOp } from './checkOp.ts'
import { sampled } from './sampled.ts'
import { tracedOp } from './tracedOp.ts'
import { uniform } from './values.ts'

/** A number of a tensor by its indices. */
type At = (...indices: readonly number[]) => number

export interface FunctionCase {
  readonly fn: (...x: readonly SymbolicTensor[]) => SymbolicTensor
  readonly x: readonly (readonly number[])[]
  /** The shape of the result. */
  readonly shape: readonly number[]
  /** An entry of the result. */
  exact(at: readonly number[], x: At, y: At): number
  /** Whether it has no gradient. */
  readonly isStep?: boolean
  /**
   * Whether results and gradients are sums of products, which are off by their terms at |inputs|; `true` by default. It is false where
   * a divisor grows with the inputs.
   */
  readonly products?: boolean
}

/** Extents of the inputs, which are [B, T, F]. */
export const [B, T, F] = [2, 3, 4]
export const one = [[B, T, F]]
export const two = [
  [B, T, F],
  [B, T, F],
]
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
export const total = (n: number, term: (i: number) => number): number =>
  range(n).reduce((sum, i) => sum + term(i), 0)
export const most = (n: number, term: (i: number) => number): number => Math.max(...range(n).map(term))

const reader =
  (tensor: Tensor | undefined): At =>
  (...indices) => {
    if (!tensor) return 0
    const place = tensor.shape.reduce((sum, extent, axis) => sum * extent + (indices[axis] ?? 0), 0)
    return Number(tensor.data[place])
  }

/** A test a function; in every run each other one also on WebGPU, whose shaders take long to compile, in a long run all. */
export function testFunctions(cases: Readonly<Record<string, FunctionCase>>): void {
  const onGpu = sampled(Object.keys(cases), 4)
  test.each(Object.entries(cases))(
    '%s',
    async (name, { fn, x, shape, exact, isStep = false, products = true }) => {
      const drawn = x.map((each, i) => uniform(each, -1, 1, i + 1))
      const names = x.map((_, i) => `x${i}`)
      const { op, constants } = tracedOp(fn, x)
      const { outputs } = await checkOp(op, {
        inputs: { ...Object.fromEntries(names.map((name, i) => [name, drawn[i] as Tensor])), ...constants },
        attrs: {},
        by: isStep ? [] : names,
        roundings: 64,
        products,
        isCpuAlone: !onGpu.includes(name),
        differenceStep: 2 ** -8,
      })
      const [p, q] = [reader(drawn[0]), reader(drawn[1])]
      const found = outputs.y0 ?? new Float32Array()
      const size = shape.reduce((product, extent) => product * extent, 1)
      expect(found.length).toBe(size)
      for (let i = 0; i < size; i++) {
        let rest = i
        const at = [...shape]
          .reverse()
          .map((extent) => {
            const index = rest % extent
            rest = Math.floor(rest / extent)
            return index
          })
          .reverse()
        expect(Math.abs((found[i] ?? Number.NaN) - exact(at, p, q)), `[${at}]`).toBeLessThan(5e-6)
      }
    },
  )
}
