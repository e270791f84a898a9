// States of a recurrence in one tensor: joined, of one direction and of two, and handed from one recurrence to the next as they lie.
import { expect, test } from 'vitest'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { activations } from '../../src/ops/activations.ts'
import { joinStates } from '../../src/ops/joinStates.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { statesTogether } from '../../src/ops/recurrentStates.ts'
import { detach } from '../../src/ops/view.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

// States of 64 elements, a multiple of 256 bytes: nothing lies between them.
test.each([
  { inputs: { a: [4, 16], c: [4, 16] }, by: ['a', 'c'] as const },
  { inputs: { a: [4, 8], b: [4, 8] }, by: ['a', 'b'] as const },
  { inputs: { a: [4, 8], b: [4, 8], c: [4, 8], d: [4, 8] }, by: ['a', 'b', 'c', 'd'] as const },
])('joined: $by', async ({ inputs, by }) => {
  await checkOp(joinStates, { inputs, attrs: {}, by, roundings: 1 })
})

const attrs = {
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse: false,
}

type Inputs = Readonly<Record<'z' | 'next' | 'recurrentKernel', Value>>

/** A recurrence that starts from another's last states. */
function continued(graph: Graph, { z, next, recurrentKernel }: Inputs) {
  const first = lstm(graph, { z, recurrentKernel }, attrs)
  const initial = statesTogether(graph, [first.hLast, first.cLast])
  const { h, cLast } = lstm(graph, { z: next, recurrentKernel, initial }, attrs)
  return { h, cLast, before: first.hLast }
}

test('a recurrence takes the last states of another as they lie, and gives their gradients so', async () => {
  const { plan } = await checkOp(continued, {
    inputs: { z: [3, 2, 20], next: [3, 4, 20], recurrentKernel: uniform([5, 20], -0.4, 0.4, 2) },
    attrs: {},
    by: ['z', 'next', 'recurrentKernel'],
    roundings: 100,
  })
  expect(plan.operations.map(({ op }) => op.name)).toEqual(['lstm', 'lstm'])
})

test('states that no gradient flows through are joined anew', async () => {
  const cut = (graph: Graph, { z, next, recurrentKernel }: Inputs) => {
    const { hLast, cLast } = lstm(graph, { z, recurrentKernel }, attrs)
    const initial = statesTogether(graph, [detach(graph, hLast, {}), detach(graph, cLast, {})])
    return { h: lstm(graph, { z: next, recurrentKernel, initial }, attrs).h }
  }
  const { plan } = await checkOp(cut, {
    inputs: { z: [3, 2, 20], next: [3, 4, 20], recurrentKernel: uniform([5, 20], -0.4, 0.4, 2) },
    attrs: {},
    roundings: 100,
  })
  expect(plan.operations.map(({ op }) => op.name)).toContain('joinStates')
})

test('tensors that do not belong together are refused where they meet', () => {
  const graph = new Graph()
  const tensor = (...shape: readonly number[]) => graph.resident('w', 0, shape)
  const [z, recurrentKernel] = [tensor(2, 3, 20), tensor(5, 20)]
  expect(() => lstm(graph, { z: tensor(2, 3, 21), recurrentKernel }, attrs)).toThrow('lstm: expected')
  expect(() => lstm(graph, { z, recurrentKernel: tensor(4, 20) }, attrs)).toThrow('lstm: expected')
  expect(() => lstm(graph, { z, recurrentKernel, initial: tensor(10) }, attrs)).toThrow(
    'lstm: expected initial of at least 128 numbers, got [10]',
  )
})
