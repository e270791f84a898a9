// Inputs of a recurrent layer, dropped by a mask for each gate: what the gates see, and the gradients.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { vectorsByGate } from '../../src/layers/rnn/gateDropout.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { apartFromZero, uniform } from '../support/values.ts'

const [gates, batch, time, features] = [3, 5, 4, 7]
const drop = { rate: 0.4, seed: 9 }
type Inputs = Readonly<Record<'x' | 'kernel', Value> & { bias?: Value }>
const product = (graph: Graph, { x, kernel, bias }: Inputs) => ({
  z: vectorsByGate(graph, { x, kernel, bias, gates }, drop),
})

test('each gate has a mask of its own, which stays over time', async () => {
  const x = apartFromZero([batch, time, features], -1, 1, 1)
  // Each gate's kernel is the unit matrix, so that the gates show what they see.
  const kernel = new Tensor(new Float32Array(features * gates * features), [features, gates * features])
  for (let row = 0; row < features; row++)
    for (let gate = 0; gate < gates; gate++) kernel.data[(row * gates + gate) * features + row] = 1
  const { outputs } = await checkOp(product, { inputs: { x, kernel }, attrs: {} })
  const masks = Array.from({ length: gates }, (_, gate) =>
    Array.from({ length: batch * features }, (_, i) => {
      const [sample, feature] = [Math.floor(i / features), i % features]
      const seen = Array.from({ length: time }, (_, t) => {
        const row = sample * time + t
        const value = outputs.z[(row * gates + gate) * features + feature] ?? Number.NaN
        const given = x.data[row * features + feature] ?? Number.NaN
        if (value !== 0) expect(value).toBeCloseTo(given / (1 - drop.rate), 5)
        return value !== 0
      })
      expect(new Set(seen).size).toBe(1)
      return Number(seen[0])
    }),
  )
  expect(new Set(masks.map((mask) => mask.join())).size).toBe(gates)
  const share = masks.flat().reduce((a, b) => a + b, 0) / masks.flat().length
  expect(share).toBeGreaterThan(0.45)
  expect(share).toBeLessThan(0.75)
})

test('gradients', async () => {
  const inputs = {
    x: [batch, time, features],
    kernel: uniform([features, gates * 5], -0.5, 0.5, 2),
    bias: [gates * 5],
  }
  await checkOp(product, { inputs, attrs: {}, by: ['x', 'kernel', 'bias'], roundings: 100 })
})
