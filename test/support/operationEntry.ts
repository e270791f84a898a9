/** An operation with inputs that it takes, of which tests of all operations are made (operations.ts). */
import { expect } from 'vitest'
import type { Graph } from '../../src/graph/graph.ts'
import type { Launch } from '../../src/graph/launch.ts'
import type { Operation } from '../../src/graph/operation.ts'
import type { Shape } from '../../src/util/shape.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { checkOp, type OpCase, type OpInput, type Values } from './checkOp.ts'
import { webgpu } from './compareBackends.ts'

export interface Limits {
  readonly maxWorkgroups?: number
  readonly launchFlops?: number
  readonly strategy?: string
}

export interface Entry {
  readonly operation: Operation
  readonly shapes: Readonly<Record<string, Shape>>
  readonly attrs: object
  readonly strategies: readonly string[]
  /** Checks the operation and gives its launches. */
  launches(limits: Limits): Promise<readonly Launch[]>
}

/** The entry of an operation with one case. */
export function entry<I extends Values, O extends Values, A extends object>(
  op: ((graph: Graph, inputs: I, attrs: A) => O) & { readonly operation: Operation },
  given: OpCase<NoInfer<I>, NoInfer<O>, NoInfer<A>>,
): Entry {
  const inputs = Object.entries(given.inputs) as [string, OpInput][]
  const shapes = Object.fromEntries(inputs.map(([name, input]) => [name, shapeOf(input)]))
  return {
    operation: op.operation,
    shapes,
    attrs: given.attrs,
    strategies: op.operation.strategies(shapes, given.attrs, webgpu.traits),
    async launches(limits) {
      const { plan } = await checkOp(op, { ...given, ...limits })
      return plan.operations.flatMap(({ launches }) => launches)
    },
  }
}

/** Checks an operation in many launches, on a device of at most 7 workgroups a dimension, and of launches of one workgroup. */
export async function checkLaunches({ launches }: Entry, strategy: string, isSingle: boolean): Promise<void> {
  const spread = await launches({ strategy, maxWorkgroups: 7 })
  expect(Math.max(...spread.flatMap(({ workgroups }) => workgroups))).toBeLessThanOrEqual(7)
  const cut = await launches({ strategy, launchFlops: 1 })
  expect(cut.map(({ workgroups }) => workgroups)).toEqual(cut.map(() => [1, 1, 1]))
  if (!isSingle) expect(cut.length).toBeGreaterThan(7)
}

const shapeOf = (input: OpInput): Shape =>
  input instanceof Tensor ? input.shape : input instanceof Uint32Array ? [input.length] : input

/** The comparison of sums of products. */
export const summed = { products: true, roundings: 32 } as const
