// Masks that Keras wrote into a file as operations of their own: a model with them computes as one whose layers make the masks.
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/formats/json.ts'
import { modelFromConfig } from '../../src/formats/modelConfig.ts'
import { Input, LSTM, Masking, Model, type Tensor, tensor } from '../../src/index.ts'
import { callable } from '../../src/layers/callable.ts'
import type { CallableModel } from '../../src/models/model.ts'
import { onEachBackend } from '../support/backends.ts'

const keyword = (layer: string): JsonObject => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [layer, 0, 0] },
})
const item = (
  className: string,
  name: string,
  config: JsonObject,
  args: JsonObject['args'],
  kwargs = {},
) => ({
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: args === null ? [] : [{ args, kwargs }],
})

/** A functional model in which time steps that are `maskValue` throughout are masked by operations. */
const written = (maskValue: Json, any: JsonObject): CallableModel =>
  callable(
    modelFromConfig(
      {
        class_name: 'Functional',
        config: {
          layers: [
            item('InputLayer', 'x', { batch_shape: [null, 3, 2] }, null),
            item('NotEqual', 'not_equal', {}, [keyword('x'), maskValue]),
            item('Any', 'any', any, [keyword('not_equal')]),
            item('LSTM', 'lstm', { units: 2 }, [keyword('x')], { mask: keyword('any') }),
          ],
          input_layers: ['x', 0, 0],
          output_layers: ['lstm', 0, 0],
        },
      },
      'model.keras',
    ),
  )

onEachBackend(() => {
  test.each([[-1], [[-1]]])('NotEqual and Any over axis %j are the mask of Masking', async (axis) => {
    const x = Input([3, 2])
    const made = Model(x, LSTM(2)(Masking({ maskValue: 9 })(x)))
    const model = written(9, { axis, keepdims: false })
    model.setWeights(await made.getWeights())
    const data = tensor([1, 9, 9, 9, 2, 3, 9, 9, 0, 0, 9, 9], [2, 3, 2])
    expect(await model.predict<Tensor>(data)).toEqual(await made.predict<Tensor>(data))
  })
})

test('other arguments are refused', () => {
  expect(() => written(9, { axis: 1 })).toThrow('Any "any": expected axis to be -1, got 1')
  expect(() => written(9, { axis: -1, keepdims: true })).toThrow('expected keepdims to be false')
  expect(() => written(keyword('x'), { axis: -1 })).toThrow('expected the second argument to be a finite')
})
