/** A small model of every class of layer on wgpu: it trains to the CPU's numbers. */
import * as recurra from 'recurra'
import type { LayersModel, SequentialModel } from '../../src/index.ts'
import * as layers from '../../src/layers/index.ts'
import { expectClose, expectEqual } from '../support/compare.ts'
import { layerModels } from '../support/everyLayer.ts'
import { uniform } from '../support/values.ts'

const BATCH = 3
const STEPS = 3
const models = layerModels(recurra)

Deno.test('every layer is looked at', () => {
  const classes = Object.keys(layers).filter((name) => /^[A-Z]/.test(name) && !/^Input$|Layer$/.test(name))
  expectEqual('layers', [...models.keys()].sort(), classes.sort())
})

const random = (shape: readonly number[], seed: number) =>
  recurra.tensor(uniform(shape, -1, 1, seed).data, shape)

async function trained(make: () => SequentialModel, inputShape: readonly number[]): Promise<Float32Array[]> {
  const model: LayersModel = make()
  const x = random([BATCH, ...inputShape], 1)
  const before = await model.predict<recurra.Tensor>(x)
  const y = random(before.shape, 2)
  const losses: number[] = []
  for (let step = 0; step < STEPS; step++)
    losses.push([await model.trainOnBatch(x, y)].flat()[0] ?? Number.NaN)
  const after = await model.predict<recurra.Tensor>(x)
  const weights = await model.getWeights()
  model.dispose()
  return [before.data, Float32Array.from(losses), after.data, ...weights.map(({ data }) => data)]
}

for (const [name, { make, inputShape }] of models)
  Deno.test(name, async () => {
    await recurra.setBackend('cpu')
    const expected = await trained(make, inputShape)
    await recurra.setBackend('webgpu')
    const got = await trained(make, inputShape)
    expectEqual('number of results', got.length, expected.length)
    got.forEach((data, i) => {
      expectClose(`result ${i}`, data, expected[i] ?? [], 1e-5)
    })
  })
