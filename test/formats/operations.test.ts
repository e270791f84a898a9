// Operations in configs: every function of ops that Keras has a class of, written and read, and masks as operations of their own.
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/formats/config/json.ts'
import { modelFromConfig } from '../../src/formats/config/modelConfig.ts'
import * as operations from '../../src/formats/config/operations.ts'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import {
  Concatenate,
  Dense,
  Input,
  LSTM,
  Masking,
  Model,
  modelFromConfig as modelFromAnyConfig,
  ops,
  type SymbolicTensor,
  setBackend,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { callable } from '../../src/layers/callable.ts'
import type { CallableModel } from '../../src/models/model.ts'
import type { Operand } from '../../src/operations/operation.ts'
import { onCpuFirst } from '../support/backends.ts'
import { callOf, declared } from '../support/everyOperation.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

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
  module: ['NotEqual', 'Any'].includes(className) ? 'keras.src.ops.numpy' : 'keras.layers',
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
      operations,
    ),
  )

test.each(sampled(declared, 5))('ops.%s: made again from its config', async (name) => {
  await setBackend('cpu')
  const [x, y] = [Input([3, 4]), Input([3, 4])]
  const outputs = [callOf(name)(x, y)].flat() as SymbolicTensor[]
  const model = Model([x, y], outputs)
  const config = model.getConfig()
  const file = JSON.parse(JSON.stringify(configOfLayer(model))) as JsonObject
  const again = await modelFromAnyConfig(file)
  expect(again.getConfig()).toEqual(config)
  // What has no batch is no prediction.
  if (outputs.some(({ shape }) => shape[0] !== null)) return
  const data = [uniform([2, 3, 4], 0.1, 0.9, 1), uniform([2, 3, 4], 0.1, 0.9, 2)]
  expect(await again.predict(data)).toEqual(await model.predict(data))
})

test('arrays are as NumPy has them, weights are refused', async () => {
  const x = Input([2])
  const model = Model(x, ops.add(x, Float32Array.of(1, 2)))
  const file = JSON.stringify(configOfLayer(model))
  expect(file).toContain('{"class_name":"__numpy__","config":{"value":[1,2],"dtype":"float32"}}')
  const again = await modelFromAnyConfig(JSON.parse(file) as JsonObject)
  const data = tensor([1, 2], [1, 2])
  expect(await again.predict(data)).toEqual(await model.predict(data))
  const dense = Dense(2)
  dense(x)
  const [kernel] = dense.allVariables
  const weighed = Model(x, ops.matmul(x, kernel as unknown as Operand), { name: 'weighed' })
  expect(() => weighed.getConfig()).toThrow(/^Matmul "matmul.*": expected tensors of the model and numbers/)
})

onCpuFirst(() => {
  test.each([[-1], [[-1]]])('NotEqual and Any over axis %j are the mask of Masking', async (axis) => {
    const x = Input([3, 2])
    const made = Model(x, LSTM(2)(Masking({ maskValue: 9 })(x)))
    const model = written(9, { axis, keepdims: false })
    model.setWeights(await made.getWeights())
    const data = tensor([1, 9, 9, 9, 2, 3, 9, 9, 0, 0, 9, 9], [2, 3, 2])
    expect(await model.predict<Tensor>(data)).toEqual(await made.predict<Tensor>(data))
  })
})

test('masks of merged branches, as Keras computes them in a file', async () => {
  await setBackend('cpu')
  const [x, y] = [Input([3, 2]), Input([3, 1])]
  const merged = Concatenate()([Masking()(x), y])
  const made = Model([x, y], LSTM(2)(merged))
  // Of what has no mask all counts, and of what has one each entry that does.
  const valid = ops.any(ops.notEqual(x, 0), -1)
  const entries = [
    ops.logicalOr(ops.expandDims(valid, -1), ops.zerosLike(x, 'bool')),
    ops.onesLike(y, 'bool'),
  ]
  const mask = ops.convertToTensor(ops.any(ops.concatenate(entries, -1), -1))
  const spelled = Model([x, y], LSTM(2)(Concatenate()([x, y]), { mask }))
  const file = JSON.parse(JSON.stringify(configOfLayer(spelled))) as JsonObject
  expect(JSON.stringify(file)).toContain('"dtype":"bool"')
  const again = await modelFromAnyConfig(file)
  again.setWeights(await made.getWeights())
  const data = [tensor([1, 1, 0, 0, 0, 2], [1, 3, 2]), tensor([0, 5, 1], [1, 3, 1])]
  expect(await again.predict<Tensor>(data)).toEqual(await made.predict<Tensor>(data))
})

test('operations whose configs lack their names, as some versions of Keras write them, are found however often a file is read', async () => {
  await setBackend('cpu')
  const operation = (className: string, name: string, config: JsonObject, args: JsonObject['args']) => ({
    ...item(className, name, {}, args),
    module: 'keras.src.ops.numpy',
    config,
  })
  const read = (): CallableModel =>
    callable(
      modelFromConfig(
        {
          class_name: 'Functional',
          config: {
            layers: [
              item('InputLayer', 'x', { batch_shape: [null, 2] }, null),
              operation('Max', 'max', { axis: 1, keepdims: true, initial: null }, [keyword('x')]),
              operation('Multiply', 'multiply', {}, [keyword('x'), keyword('max')]),
            ],
            input_layers: ['x', 0, 0],
            output_layers: ['multiply', 0, 0],
          },
        },
        'the test',
        operations,
      ),
    )
  for (const model of [read(), read()]) expect((await model.predict([[2, 3]])).toArray()).toEqual([[6, 9]])
})

test('other arguments are refused', () => {
  expect(() => written(9, { axis: 5 })).toThrow('ops.any: expected an axis from -3 to 2, got 5')
  expect(() => written(9, { axis: -1, order: 2 })).toThrow(
    'Any "any": expected options among x, axis, keepdims, got order: 2',
  )
})
