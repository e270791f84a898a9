/** Configs of Keras 2 and TensorFlow.js in the words of Keras 3. Models of real files are read in tfjs.test.ts and legacy.test.ts. */

import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { modelFromConfig } from '../../src/formats/config/modelConfig.ts'
import * as operations from '../../src/formats/config/operations.ts'
import { compileConfigOfOlder } from '../../src/formats/keras/olderCompile.ts'
import { configOfOlder } from '../../src/formats/keras/olderConfig.ts'
import '../../src/layers/index.ts'

const WHERE = 'loadModel'

test('the first layer says the shape of the input; absent options are what layers did before', () => {
  const lstm = {
    units: 3,
    name: 'lstm',
    batch_input_shape: [null, 4, 2],
    dtype: 'float32',
    implementation: 1,
  }
  const layers = [
    { class_name: 'LSTM', config: { ...lstm, unit_forget_bias: null, use_bias: null } },
    {
      class_name: 'GRU',
      config: { units: 3, name: 'gru', reset_after: true, recurrent_activation: 'sigmoid' },
    },
    { class_name: 'Dense', config: { units: 1, activation: 'hard_sigmoid', name: 'dense' } },
  ]
  const today = configOfOlder({ class_name: 'Sequential', config: layers }, WHERE)
  expect(today).toEqual({
    class_name: 'Sequential',
    config: {
      layers: [
        {
          class_name: 'InputLayer',
          config: { batch_shape: [null, 4, 2], dtype: 'float32', name: 'lstm_input' },
        },
        {
          class_name: 'LSTM',
          config: {
            units: 3,
            name: 'lstm',
            dtype: 'float32',
            recurrent_activation: 'keras2_hard_sigmoid',
            unit_forget_bias: false,
          },
        },
        {
          class_name: 'GRU',
          config: { units: 3, name: 'gru', reset_after: true, recurrent_activation: 'sigmoid' },
        },
        { class_name: 'Dense', config: { units: 1, activation: 'keras2_hard_sigmoid', name: 'dense' } },
      ],
    },
  })
})

test('calls of layers, initializers in layers in layers, renamed classes and options', () => {
  const identity = { class_name: 'Identity', config: { gain: 1, dtype: 'float32' } }
  const layer = {
    class_name: 'Dense',
    config: { units: 2, kernel_initializer: identity, batch_input_shape: [null, 3] },
  }
  const of = (name: string, ...more: number[]) => [name, 0, more[0] ?? 0, {}]
  const today = configOfOlder(
    {
      class_name: 'Model',
      config: {
        layers: [
          {
            name: 'x',
            class_name: 'InputLayer',
            config: { batch_input_shape: [2, 3, 3] },
            inbound_nodes: [],
          },
          {
            class_name: 'BatchNormalizationV1',
            config: { axis: [2], name: 'bn' },
            inbound_nodes: [[of('x')]],
          },
          { class_name: 'LeakyReLU', config: { alpha: 0.5, name: 'relu' }, inbound_nodes: [[of('bn')]] },
          { class_name: 'TimeDistributed', config: { layer, name: 'td' }, inbound_nodes: [[of('relu')]] },
          {
            class_name: 'Add',
            config: { name: 'add' },
            inbound_nodes: [
              [of('td'), of('td')],
              [of('x', 1), of('td')],
            ],
          },
          {
            class_name: 'LSTM',
            config: { name: 'lstm', recurrent_activation: 'sigmoid', unit_forget_bias: true },
            inbound_nodes: [
              [
                [
                  'td',
                  0,
                  0,
                  {
                    initial_state: [
                      ['h', 0, 1],
                      ['h', 0, 2],
                    ],
                    training: null,
                  },
                ],
              ],
            ],
          },
          {
            class_name: 'MultiHeadAttention',
            config: { name: 'mha' },
            inbound_nodes: [[['td', 0, 0, { value: ['x', 0, 0], use_causal_mask: true }]]],
          },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['add', 1, 0]],
      },
    },
    WHERE,
  )
  const tensor = (...history: unknown[]) => ({
    class_name: '__keras_tensor__',
    config: { keras_history: history },
  })
  const call = (args: unknown[], kwargs: object = {}) => ({ args, kwargs })
  const { class_name: className, config } = today
  expect(className).toBe('Functional')
  expect(config.layers).toEqual([
    { name: 'x', class_name: 'InputLayer', config: { batch_shape: [2, 3, 3], name: 'x' }, inbound_nodes: [] },
    {
      class_name: 'BatchNormalization',
      config: { axis: 2, name: 'bn' },
      inbound_nodes: [call([tensor('x', 0, 0)])],
    },
    {
      class_name: 'LeakyReLU',
      config: { negative_slope: 0.5, name: 'relu' },
      inbound_nodes: [call([tensor('bn', 0, 0)])],
    },
    {
      class_name: 'TimeDistributed',
      config: {
        layer: {
          class_name: 'Dense',
          config: {
            units: 2,
            kernel_initializer: { class_name: 'Identity', config: { gain: 1 }, module: 'keras.initializers' },
          },
        },
        name: 'td',
      },
      inbound_nodes: [call([tensor('relu', 0, 0)])],
    },
    {
      class_name: 'Add',
      config: { name: 'add' },
      inbound_nodes: [
        call([[tensor('td', 0, 0), tensor('td', 0, 0)]]),
        call([[tensor('x', 0, 1), tensor('td', 0, 0)]]),
      ],
    },
    {
      class_name: 'LSTM',
      config: { name: 'lstm', recurrent_activation: 'sigmoid', unit_forget_bias: true },
      inbound_nodes: [
        call([tensor('td', 0, 0)], { initial_state: [tensor('h', 0, 1), tensor('h', 0, 2)], training: null }),
      ],
    },
    {
      class_name: 'MultiHeadAttention',
      config: { name: 'mha' },
      inbound_nodes: [call([tensor('td', 0, 0), tensor('x', 0, 0)], { use_causal_mask: true })],
    },
  ])
})

test('what is no model, and calls that are none', () => {
  expect(() => configOfOlder({ layers: [] }, WHERE)).toThrow(
    'loadModel: expected a model as class_name and config',
  )
  const layers = [{ class_name: 'Add', config: { name: 'add' }, inbound_nodes: [[7]] }]
  expect(() => configOfOlder({ class_name: 'Model', config: { layers } }, WHERE)).toThrow(
    'loadModel, layer "add": expected inputs as [layer, call, output], got 7.',
  )
})

test('options with another meaning than the layers of today are not left out', () => {
  const read = (className: string, config: JsonObject) => {
    const layers = [
      { class_name: className, config: { ...config, name: 'layer', batch_input_shape: [null, 4, 2] } },
    ]
    return modelFromConfig(
      configOfOlder({ class_name: 'Sequential', config: { layers } }, WHERE),
      WHERE,
      operations,
    )
  }
  const cell = { class_name: 'LSTMCell', config: { units: 3 } }
  expect(() => read('LSTM', { units: 3, time_major: true })).toThrow('got time_major: true')
  expect(() => read('RNN', { cell, time_major: true })).toThrow('got time_major: true')
  expect(() => read('RNN', { cell, num_constants: 1 })).toThrow('got num_constants: 1')
  expect(() => read('BatchNormalization', { virtual_batch_size: 2 })).toThrow('got virtual_batch_size: 2')
  expect(() => read('BatchNormalization', { axis: [1, 2] })).toThrow('axis')
  expect(() => read('LSTM', { units: 3, time_major: false })).not.toThrow()
  expect(() => read('BatchNormalization', { axis: [2], virtual_batch_size: null })).not.toThrow()
})

test('compile settings', () => {
  expect(compileConfigOfOlder(undefined)).toBeNull()
  const config = { lr: 0.01, decay: 0.5, momentum: 0.9, name: 'SGD', nesterov: false }
  const wrapped = { class_name: 'MeanMetricWrapper', config: { name: 'acc', fn: 'binary_accuracy' } }
  expect(
    compileConfigOfOlder({
      optimizer_config: { class_name: 'SGD', config },
      loss: 'mse',
      metrics: [[wrapped]],
      sample_weight_mode: null,
    }),
  ).toEqual({
    optimizer: {
      class_name: 'SGD',
      config: {
        momentum: 0.9,
        nesterov: false,
        learning_rate: {
          class_name: 'InverseTimeDecay',
          config: { initial_learning_rate: 0.01, decay_steps: 1, decay_rate: 0.5 },
        },
      },
    },
    loss: 'mse',
    loss_weights: null,
    metrics: [{ class_name: 'BinaryAccuracy', config: { name: 'acc' } }],
    weighted_metrics: null,
  })
  const momentum = { class_name: 'Momentum', config: { learning_rate: 0.1, decay: 0 } }
  expect(compileConfigOfOlder({ optimizer_config: momentum })?.optimizer).toEqual({
    class_name: 'SGD',
    config: { learning_rate: 0.1 },
  })
})
