// A recurrence as tests call it: its initial states one by one, and its last ones by name alone.
import type { Graph, Value } from '../../src/graph/graph.ts'
import { statesTogether } from '../../src/ops/recurrentStates.ts'

type Sequences = { readonly z: Value; readonly recurrentKernel: Value; readonly mask?: Value | undefined }
type States = { readonly h0?: Value | undefined; readonly c0?: Value | undefined }

type Recurrence<A, O> = (
  graph: Graph,
  inputs: Sequences & { readonly initial?: Value | undefined },
  attrs: A,
) => O

export const fromStates =
  <A, O extends { readonly last: Value }>(recurrence: Recurrence<A, O>) =>
  (graph: Graph, { h0, c0, ...inputs }: Sequences & States, attrs: A): Omit<O, 'last'> => {
    const initial = statesTogether(
      graph,
      [h0, c0].flatMap((state) => state ?? []),
    )
    const { last: _, ...outputs } = recurrence(graph, { ...inputs, initial }, attrs)
    return outputs
  }
