/** A layer made like another, as Bidirectional makes its two: with what the other took of settings that are others by now. */
import { afterEach, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import { Bidirectional, config, type Layer, LSTM } from '../../src/index.ts'
import { everyLayer } from '../support/everyLayer.ts'

afterEach(() => {
  config.setDtypePolicy('float32')
  config.setImageDataFormat('channels_last')
})

const policiesOf = (layer: Layer): readonly string[] =>
  [layer, ...layer.parts].map(({ dtypePolicy }) => dtypePolicy)

test('a clone of any layer has its options and format, and its parts have its policies', () => {
  const layers = [...everyLayer(api)]
  config.setDtypePolicy('mixed_float16')
  config.setImageDataFormat('channels_first')
  for (const [className, layer] of layers) {
    const clone = layer.clone({ name: layer.name })
    expect(clone.getConfig(), className).toEqual(layer.getConfig())
    expect(policiesOf(clone), className).toEqual(policiesOf(layer))
  }
})

test('both directions have the policy of the layer that is given', async () => {
  config.setDtypePolicy('mixed_float16')
  const mixed = LSTM(2)
  config.setDtypePolicy('float32')
  expect(policiesOf(Bidirectional(mixed))).toEqual(['float32', 'mixed_float16', 'mixed_float16'])
  expect(policiesOf(Bidirectional(LSTM(2, { dtype: 'mixed_float16' })))).toEqual(
    policiesOf(Bidirectional(mixed)),
  )
})
