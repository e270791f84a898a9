// Graphs of thousands of nodes: what compiling costs grows with the nodes, not with their square.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { assignSlots, type Block } from '../../src/compiler/slots.ts'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { activation } from '../../src/ops/activation.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { add } from '../../src/ops/elementwise.ts'
import { elementwiseLoss } from '../../src/ops/losses.ts'
import { Generator } from '../../src/util/generator.ts'

/** A chain that its own gradient follows, all of whose results are kept, and a tensor that every link of it reads. */
function chain(links: number): Graph {
  const graph = new Graph()
  const shared = graph.resident('x', 0, [4, 8])
  let y: Value = graph.resident('y', 0, [4, 8])
  for (let i = 0; i < links; i++) y = add(graph, activation(graph, { x: y }, { code: 3 }).y, shared)
  const { losses } = elementwiseLoss(graph, { predictions: y, targets: shared }, { code: 0 })
  const [d] = differentiate(graph, [losses], [shared], sumOf)
  graph.result('d', d ?? expect.fail('no gradient'))
  return graph
}

/** Counts how often the passes look at the inputs of a chain's nodes. */
function looksAt(links: number): number {
  const graph = chain(links)
  let looks = 0
  for (const node of graph.nodes) {
    let { inputs } = node
    Object.defineProperty(node, 'inputs', {
      get: () => {
        looks++
        return inputs
      },
      set: (changed: typeof inputs) => {
        inputs = changed
      },
    })
  }
  compile(graph, DEFAULT_TRAITS)
  return looks
}

test('four times the nodes are four times the work of the passes', () => {
  expect(looksAt(400) / looksAt(100)).toBeLessThan(4.2)
})

/** Counts how often lifetimes are looked at that nest, as those of a forward pass whose results the backward pass reads. */
function looksAtLifetimes(count: number): number {
  let looks = 0
  const blocks = Array.from(
    { length: count },
    (_, i): Block => ({
      bytes: 256,
      get first() {
        looks++
        return i
      },
      set first(_) {},
      last: 2 * count - i,
    }),
  )
  expect(assignSlots(blocks).slots).toHaveLength(count)
  return looks
}

test('a slot for each of four times the lifetimes takes little more than four times the work', () => {
  expect(looksAtLifetimes(800) / looksAtLifetimes(200)).toBeLessThan(6)
})

test('gradients of n readers are added in n / 6 launches', () => {
  const { operations } = compile(chain(60), DEFAULT_TRAITS)
  expect(operations.filter(({ op }) => op.name === 'addAll')).toHaveLength(10)
})

test('each block is in the first slot that is free during its lifetime, the largest first', () => {
  const generator = new Generator(1)
  const blocks = Array.from({ length: 300 }, (): Block => {
    const first = generator.below(100)
    return { bytes: 4 * generator.below(2000), first, last: first + generator.below(30) }
  })
  const { slots, slotOf } = assignSlots(blocks)
  const lie: Block[][] = []
  for (const block of [...blocks].sort((a, b) => b.bytes - a.bytes)) {
    const fits = (others: readonly Block[]) =>
      others.every((other) => block.last < other.first || other.last < block.first)
    const slot = [...lie, []].findIndex(fits)
    expect(slotOf.get(block)).toBe(slot)
    lie[slot] = [...(lie[slot] ?? []), block]
  }
  expect(slots).toEqual(lie.map(([largest]) => Math.max(256, Math.ceil((largest?.bytes ?? 0) / 256) * 256)))
})
