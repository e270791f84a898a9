/** Activations of layers over space with `dataFormat: 'channels_first'`: as in Keras they see the layer's format. */
import { expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import {
  Activation,
  type CallableLayer,
  Input,
  ops,
  Sequential,
  Softmax,
  type SymbolicTensor,
  setBackend,
  type Tensor,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { everyLayer, layerModels } from '../support/everyLayer.ts'
import { uniform } from '../support/values.ts'

const first = { dataFormat: 'channels_first' } as const
const activated = [...everyLayer(api)].filter(
  ([, { config }]) => 'dataFormat' in config && 'activation' in config && !('recurrentActivation' in config),
)
const examples = layerModels(api)

/** Activations that work along axes, and layers that do the same. */
const cases = [
  ['softmax', () => Activation('softmax')],
  ['log_softmax', () => Activation('log_softmax')],
  [(x: SymbolicTensor) => ops.softmax(x, 2), () => Softmax(2)],
] as const

test('every convolution is among them', () => {
  expect(activated.length).toBe(10)
})

test.each(activated)('%s: an activation along axes is one along those of the format', async (name, layer) => {
  await setBackend('cpu')
  const make = (activation: unknown) => layer.clone({ ...first, activation } as never) as CallableLayer
  const [channels = 1, ...space] = [...(examples.get(name)?.inputShape ?? [])].reverse()
  const shape = [channels, ...space.reverse()]
  const x = uniform([2, ...shape], -1, 1, 1)
  for (const [activation, behind] of cases) {
    const model = Sequential([Input(shape), make(activation)])
    const parts = Sequential([Input(shape), make('linear'), behind() as CallableLayer])
    model.setWeights(await parts.getWeights())
    const expected = await parts.predict<Tensor>(x)
    expectClose(name, (await model.predict<Tensor>(x)).data, expected.data, 1e-6, 1)
    model.dispose()
    parts.dispose()
  }
})
