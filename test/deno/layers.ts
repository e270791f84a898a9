/**
 * A small model of every class of layer on wgpu: it trains to the CPU's numbers. Every run has every second one, whose kernels compile in
 * any case (kernels.ts); with RECURRA_TEST_LONG=1 all.
 */
import * as recurra from 'recurra'
import * as composed from '../../src/composed/index.ts'
import * as layers from '../../src/layers/index.ts'
import { expectEqual } from '../support/compare.ts'
import { checkLayerModel, layerModels } from '../support/everyLayer.ts'
import { sampled } from '../support/sampled.ts'
import { device } from './device.ts'

const models = layerModels(recurra)

Deno.test('every layer is looked at', () => {
  const makers: Readonly<Record<string, unknown>> = { ...layers, ...composed }
  // Keras has several names for some classes.
  const lookedAt = new Set([...models.keys()].map((name) => makers[name]))
  // A Lambda is no more than its function of ops, whose kernels other models ask for.
  const missing = Object.keys(makers).filter(
    (name) => /^[A-Z]/.test(name) && !/^(Input|Lambda)$|Layer$/.test(name) && !lookedAt.has(makers[name]),
  )
  expectEqual('layers without a model', missing, [])
})

for (const [name, model] of sampled([...models], 8))
  Deno.test(name, () => checkLayerModel(recurra, model, device))
