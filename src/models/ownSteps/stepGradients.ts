// Gradients in a step of one's own, by weights and tensors.

import type { Graph, Value } from '../../graph/graph.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { affine } from '../../ops/affine.ts'
import { furtherGradientOf, gradientsOf, refuseConstant } from '../../ops/furtherGradients.ts'

/** What a number is differentiated by: a tensor, and the weight that it is, or null. */
export interface GradientSource {
  readonly value: Value
  readonly weight: Variable | null
}

export class StepGradients {
  readonly #graph: Graph
  readonly #where: string
  /** What stands for the gradients that weights do not have, with their paths. */
  readonly #absent = new Map<Value, string>()

  /** @param where How errors name the step. */
  constructor(graph: Graph, where: string) {
    this.#graph = graph
    this.#where = where
    // Also of gradients that were taken before in what the step calls, errors name the step.
    graph.further = (node) => furtherGradientOf(`${where}, gradients`, node)
  }

  /**
   * The gradients of a number. Zeros stand for that of a weight that takes no part in it, which nothing but an update may take: as in
   * Keras that leaves the weight as it is.
   *
   * @param isFollowed Whether gradients of what is computed with these go through them.
   */
  by(sources: readonly GradientSource[], loss: Value, isFollowed: boolean): Value[] {
    const graph = this.#graph
    const where = `${this.#where}, gradients`
    const values = sources.map(({ value }) => value)
    const found = gradientsOf(graph, where, loss, values, isFollowed)
    return sources.map(({ value, weight }, i) => {
      const gradient = found[i]
      if (gradient) return gradient
      if (!weight) return refuseConstant(where, value)
      const { y } = affine(graph, { x: value }, { scale: 0 })
      this.#absent.set(y, weight.path)
      return y
    })
  }

  /** The path of the weight whose gradient, which does not exist, a tensor stands for; undefined for all others. */
  pathOfAbsent(value: Value): string | undefined {
    return this.#absent.get(value)
  }
}
