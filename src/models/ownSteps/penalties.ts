// What regularizers add to the loss, as numbers that a step of one's own computes on with.

import { fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { point } from '../../ops/pointwise.ts'
import { sum } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { sizeOf } from '../../util/shape.ts'
import { factorsOf, otherPenalty, type RulesOfStep } from '../weightRules.ts'

/** The penalties on outputs so far, and on weights, [1] each. */
export function penaltiesOf({ weights, penalties }: RulesOfStep, step: StepLowering, where: string): Value[] {
  const { graph } = step
  const given = penalties.map(({ root }) => root)
  const numbers = weights.flatMap(({ variable, path, regularizer }) => {
    if (!regularizer) return []
    const x = step.variable(variable)
    const factors = factorsOf(regularizer)
    if (!factors) {
      given.push(...otherPenalty(graph, regularizer, { x, scale: 1, where: path }).map(({ root }) => root))
      return []
    }
    const [l1, l2] = [factors.l1, factors.l2]
    const parts = [
      ...(l1 === 0 ? [] : [point(graph, 'multiply', point(graph, 'absolute', x), l1)]),
      ...(l2 === 0 ? [] : [point(graph, 'multiply', point(graph, 'multiply', x, x), l2)]),
    ]
    return parts.map((part) => {
      const flat = reshape(graph, part, { shape: [1, sizeOf(x.shape)] })
      return sum(graph, { x: flat }, { axis: 1 }).y
    })
  })
  if (given.some(({ node }) => node?.op.name !== 'lossOf'))
    fail(where, {
      expected: 'regularizers of weights that are L1, L2, or written in ops',
      got: 'OrthogonalRegularizer, or an activityRegularizer',
      remedy: 'Add it in call by this.addLoss.',
    })
  // A penalty is a view of a number as a loss, where differentiation would start.
  return [...numbers, ...given.flatMap(({ node }) => node?.inputs.x ?? [])]
}
