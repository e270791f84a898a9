// Gradients in a step of one's own, by weights and tensors.

import { fail } from '../../errors.ts'
import { differentiate } from '../../graph/autodiff.ts'
import type { Graph, Node, Value } from '../../graph/graph.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { sumOf } from '../../ops/addAll.ts'
import { affine } from '../../ops/affine.ts'
import { CONSTANT, furtherGradientOf } from '../../ops/furtherGradients.ts'
import { sumAsLoss } from '../../ops/lossOf.ts'
import { reshape } from '../../ops/view.ts'
import { showShape } from '../../util/shape.ts'

/** What a number is differentiated by: a tensor, and the weight that it is, or null. */
export interface GradientSource {
  readonly value: Value
  readonly weight: Variable | null
}

export class StepGradients {
  readonly #graph: Graph
  readonly #where: string
  /** Nodes of gradients that are constants to others. */
  readonly #constants = new Set<Node | null>()
  /** What stands for the gradients that weights do not have, with their paths. */
  readonly #absent = new Map<Value, string>()

  /** @param where How errors name the step. */
  constructor(graph: Graph, where: string) {
    this.#graph = graph
    this.#where = where
  }

  /**
   * The gradients of a number. Zeros stand for that of a weight that takes no part in it, which nothing but an update may take: as in
   * Keras that leaves the weight as it is.
   *
   * @param isFollowed Whether gradients of what is computed with these go through them.
   */
  by(sources: readonly GradientSource[], loss: Value, isFollowed: boolean): Value[] {
    const graph = this.#graph
    const root = sumAsLoss(graph, loss)
    const values = sources.map(({ value }) => value)
    const where = `${this.#where}, gradients`
    const found = differentiate(graph, [root], values, sumOf, {
      further: (node) => (this.#constants.has(node) ? CONSTANT : furtherGradientOf(where, node)),
    })
    const results = sources.map(({ value, weight }, i) => {
      const { shape } = value
      const gradient = found[i]
      if (gradient) return reshape(graph, gradient, { shape })
      if (!weight)
        fail(where, {
          expected: 'tensors that the loss is computed of by functions that have a slope',
          got: `one of ${showShape(shape)} that it does not depend on`,
          remedy:
            'What a loss has of a tensor through whole numbers, such as ids and indices, has no gradient.',
        })
      const { y } = affine(graph, { x: value }, { scale: 0 })
      this.#absent.set(y, weight.path)
      return y
    })
    if (!isFollowed) for (const { node } of results) this.#constants.add(node)
    return results
  }

  /** The path of the weight whose gradient, which does not exist, a tensor stands for; undefined for all others. */
  pathOfAbsent(value: Value): string | undefined {
    return this.#absent.get(value)
  }
}
