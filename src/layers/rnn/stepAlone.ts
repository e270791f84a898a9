// A step that has nothing but operations: that of an activation, or of a metric without a model.

import { fail } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import type { StepLowering } from '../call.ts'

/** A step for a function that uses nothing but its arguments and numbers. */
export function stepAlone(graph: Graph, where: string): StepLowering {
  const refuse = (): never =>
    fail(where, {
      expected: 'a function of ops alone',
      got: 'one with weights or draws',
      remedy: 'Write a class that extends Layer.',
    })
  return {
    graph,
    countCall: () => 0,
    variable: ({ kind, value, shape }) => (kind === 'constant' ? graph.constant(value, shape) : refuse()),
    trains: refuse,
    reportIds: refuse,
    update: refuse,
    addLoss: refuse,
    rules: null,
    metricState: refuse,
    finish: refuse,
  }
}
