/** loadModel on files that describe what Recurra does not know: the error names the layer, the option, the setting. */
import { expect, test } from 'vitest'
import {
  Adam,
  config,
  type DynamicLossScaleOptimizer,
  LossScaleOptimizer,
  loadModel,
} from '../../src/index.ts'
import { goldenCase } from '../support/golden.ts'
import {
  changedFile,
  entriesOf,
  type LayerJson,
  lstmOf,
  type ModelJson,
  zipped,
} from '../support/kerasFiles.ts'
import { uniform } from '../support/values.ts'

test.each<[string, (model: ModelJson) => void, string]>([
  [
    'an unknown layer',
    (model) => {
      lstmOf(model).class_name = 'LSTMM'
    },
    'got LSTMM "lstm". Did you mean \'LSTM\'?',
  ],
  [
    'a layer of the user',
    (model) => {
      Object.assign(lstmOf(model), { class_name: 'LSTMM', module: 'attention', registered_name: 'LSTMM' })
    },
    'expected layers of Keras that are here, or classes that are registered, got LSTMM "lstm". Files hold no code: write a class that ' +
      "extends Layer, and call register('LSTMM', …) before.",
  ],
  [
    'code in another option than that of a Lambda',
    (model) => {
      lstmOf(model).config.activation = { class_name: '__lambda__', config: { code: '4wEA' } }
    },
    'LSTM "lstm", activation: expected functions by name, since code in a file is not run, got a lambda of Python. Give it a name in Python',
  ],
  [
    'a Lambda layer',
    (model) => {
      Object.assign(lstmOf(model), {
        class_name: 'Lambda',
        config: { name: 'twice', function: { class_name: '__lambda__', config: { code: '4wEA' } } },
      })
    },
    'Lambda "twice", function: expected functions by name, since code in a file is not run, got a lambda of Python.',
  ],
  [
    'a layer that is not here',
    (model) => {
      lstmOf(model).class_name = 'TernaryDense'
    },
    'got TernaryDense "lstm". Use Dense: kernels here are floats.',
  ],
  [
    'a regularizer',
    (model) => {
      lstmOf(model).config.kernel_regularizer = { class_name: 'L7', config: {} }
    },
    'LSTM "lstm": expected kernelRegularizer',
  ],
  [
    'an option of another kind',
    (model) => {
      lstmOf(model).config.spectral = 3
    },
    'got spectral: 3.',
  ],
  [
    'another dtype',
    (model) => {
      lstmOf(model).config.dtype = 'float16'
    },
    'loadModel, LSTM "lstm": expected dtype float32 or mixed_float16, got "float16".',
  ],
  [
    'a wrong unit count',
    (model) => {
      lstmOf(model).config.units = 9
    },
    'weight "sequential/lstm/lstm_cell/kernel": expected shape [3, 36], got [3, 32].',
  ],
  [
    'a subclassed model',
    (model) => {
      model.class_name = 'MyModel'
    },
    'loadModel: expected a Sequential or functional model, got a model of class MyModel.',
  ],
  [
    'an optimizer that is not there',
    (model) => {
      model.compile_config.optimizer = { class_name: 'Shampoo', config: {} }
    },
    'expected an optimizer by Keras\'s name, got "Shampoo".',
  ],
  [
    'loss weights',
    (model) => {
      model.compile_config.loss_weights = [2, 1]
    },
    'expected lossWeights for one output, got 2',
  ],
])('%s', async (_, change, message) => {
  await expect(loadModel(changedFile(change))).rejects.toThrow(message)
})

test('compile: false leaves settings that are not known alone', async () => {
  const bytes = changedFile((model) => {
    model.compile_config.optimizer = { class_name: 'Lyon2000', config: {} }
  })
  const model = await loadModel(bytes, { compile: false })
  expect(model.optimizer).toBeNull()
  expect(model.countParams()).toBe(393)
})

test('layers that wait for each other', async () => {
  const bytes = changedFile((model) => {
    const dense = model.config.layers.at(-1) as LayerJson & {
      inbound_nodes: [{ args: [{ config: { keras_history: unknown[] } }] }]
    }
    dense.inbound_nodes[0].args[0].config.keras_history = ['dense', 0, 0]
  }, 'seq2seq_states')
  await expect(loadModel(bytes)).rejects.toThrow(
    'loadModel: expected a graph without cycles, got layers that wait for each other: dense.',
  )
})

/** A changed file, with the state of an optimizer that scales the loss. */
async function scaledFile(change: (model: ModelJson) => void): Promise<Uint8Array> {
  const model = await loadModel(goldenCase('vanilla').modelBytes, { compile: false })
  model.compile({ loss: 'mse', optimizer: LossScaleOptimizer(Adam(), { initialScale: 8 }) })
  return zipped({ ...entriesOf(changedFile(change)), 'model.weights.h5': await model.saveWeights() })
}

test('a file of mixed precision: its layers, its model and its optimizer', async () => {
  const mixed = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'mixed_float16' } }
  const model = await loadModel(
    await scaledFile((json) => {
      json.config.dtype = mixed
      lstmOf(json).config.dtype = mixed
    }),
  )
  expect(model.dtypePolicy).toBe('mixed_float16')
  expect(model.layers.map(({ dtypePolicy }) => dtypePolicy)).toEqual(['mixed_float16', 'float32'])
  expect(model.optimizer?.className).toBe('LossScaleOptimizer')
  expect(model.plan().kernels).toContain('toF16')
  expect(config.dtypePolicy()).toBe('float32')

  const explicit = await loadModel(
    await scaledFile(({ compile_config: settings }) => {
      settings.optimizer = {
        class_name: 'LossScaleOptimizer',
        config: {
          name: 'scaled',
          inner_optimizer: settings.optimizer,
          initial_scale: 8,
          dynamic_growth_steps: 5,
        },
      }
    }),
  )
  const optimizer = explicit.optimizer as DynamicLossScaleOptimizer
  expect(optimizer.innerOptimizer.className).toBe('Adam')
  expect(await optimizer.readState()).toEqual({ dynamicScale: 8, stepCounter: 0, iterations: 0 })
})

test('a Sequential that Keras built on f16 has an input of f16', async () => {
  const changed = changedFile(({ config: { layers } }) => {
    Object.assign(layers[0]?.config ?? {}, { dtype: 'float16' })
  })
  expect(changed).not.toEqual(goldenCase('vanilla').modelBytes)
  const model = await loadModel(changed)
  const same = await loadModel(goldenCase('vanilla').modelBytes)
  const x = uniform([3, ...(model.inputShape as number[]).slice(1)], -1, 1)
  expect(await model.predict(x)).toEqual(await same.predict(x))
})
