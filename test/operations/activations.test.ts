/** The namespace `activations`: Keras's names, each as the layer of that name computes. */
import { describe, expect, test } from 'vitest'
import { Activation, activations, Dense, Input, modelFromJSON, Sequential, tensor } from '../../src/index.ts'
import { activationNames } from '../../src/layers/options.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { expectError, untyped } from '../support/expectError.ts'
import api from '../support/kerasApi.json' with { type: 'json' }

const x = tensor([
  [-3, -0.7, 0, 0.4],
  [2.5, 7, -0.2, 0.9],
])

test('it has all of Keras, under names in camelCase', () => {
  const names = api.activations.map((name) =>
    name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  )
  expect(Object.keys(activations).sort()).toEqual([...names, 'deserialize', 'get', 'serialize'].sort())
})

// That of Keras 2 is in older files alone.
describe.each(activationNames.filter((name) => name !== 'keras2_hard_sigmoid'))('%s', (name) => {
  test('gives what the layer gives, and files know it by its name', async () => {
    await chooseBackend('cpu')
    const fn = activations.get(name)
    expectClose(name, [...fn(x).data], [...(await Activation(name)(x)).data], 1e-6)
    const model = Sequential([Input([4]), Dense(2, { activation: fn })])
    const copy = await modelFromJSON(await model.toJSON())
    copy.setWeights(await model.getWeights())
    expect(await copy.toJSON()).toContain(`"activation": "${name.replace('swish', 'silu')}"`)
    expectClose(name, [...(await copy(x)).data], [...(await model(x)).data], 1e-6)
  })
})

test('what get is given', async () => {
  expect(activations.get('leaky_relu')).toBe(activations.leakyRelu)
  expect(activations.get(activations.tanh)).toBe(activations.tanh)
  expect(activations.get(null)).toBe(activations.linear)
  expect(activations.gelu(x, { approximate: true }).toArray()).not.toEqual(activations.gelu(x).toArray())
  await expectError(
    () => activations.get(untyped('rellu')),
    'activations.get: expected the name of an activation, or a function, got "rellu". Did you mean \'relu\'?',
  )
})
