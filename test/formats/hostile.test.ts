/** What files may say that is no model: each kind of it by itself. Damage at random: fuzz.test.ts. */
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { FormatError, loadModel, modelFromConfig, modelFromJSON } from '../../src/index.ts'
import { goldenCase } from '../support/golden.ts'
import { entriesOf } from '../support/kerasFiles.ts'
import { processorTime } from '../support/processorTime.ts'

const entries = entriesOf(goldenCase('vanilla').modelBytes)
const sequential = (layers: readonly unknown[]): string =>
  JSON.stringify({ class_name: 'Sequential', config: { name: 'model', layers } })
const input = { class_name: 'InputLayer', config: { batch_shape: [null, 3], name: 'input' } }
const activation = (i: number) => ({
  class_name: 'Activation',
  config: { name: `activation_${i}`, activation: 'relu' },
})
const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [name, 0, 0] },
})

/** A functional chain of activations, with changes of its entries. */
function chain(length: number, change: (layers: Record<string, unknown>[]) => void = () => {}): string {
  const names = ['input', ...Array.from({ length }, (_, i) => `activation_${i}`)]
  const layers = [input, ...names.slice(1).map((_, i) => activation(i))].map((layer, i) => ({
    ...layer,
    name: names[i],
    inbound_nodes: i === 0 ? [] : [{ args: [tensor(names[i - 1] as string)], kwargs: {} }],
  }))
  change(layers)
  const config = {
    name: 'model',
    layers,
    input_layers: [['input', 0, 0]],
    output_layers: [[names.at(-1), 0, 0]],
  }
  return JSON.stringify({ class_name: 'Functional', config })
}

async function refused(reading: Promise<unknown>, message: string | RegExp): Promise<void> {
  const error = await reading.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(FormatError)
  expect(String(error)).toMatch(message)
}

describe('sizes', () => {
  test('entries that claim more than ten times the file', async () => {
    const file = zipSync({ ...entries, 'config.json': strToU8('['.repeat(40_000_000)) }, { level: 9 })
    await refused(loadModel(file), /entry "config.json": expected entries of at most \d+ bytes/)
  })

  test('models of thousands of layers take time by their number', async () => {
    const count = 3000
    const took = processorTime()
    await modelFromJSON(sequential([input, ...Array.from({ length: count }, (_, i) => activation(i))]))
    await modelFromJSON(chain(count, (layers) => layers.reverse()))
    expect(took()).toBeLessThan(4000)
  })

  test('cells on top of each other, beyond what any model has', async () => {
    const cell = { class_name: 'SimpleRNNCell', config: { units: 1 } }
    const cells = { class_name: 'StackedRNNCells', config: { cells: Array(100_000).fill(cell) } }
    const series = { class_name: 'InputLayer', config: { batch_shape: [null, 4, 3], name: 'input' } }
    const rnn = { class_name: 'RNN', config: { name: 'rnn', cell: cells } }
    const took = processorTime()
    await refused(
      modelFromJSON(sequential([series, rnn])),
      /StackedRNNCells.*cells: expected at most 1000 layers, got 100000\./,
    )
    expect(took()).toBeLessThan(1000)
  })

  test('metrics, beyond what any model has', async () => {
    const config = JSON.parse(new TextDecoder().decode(entries['config.json']))
    config.compile_config.metrics = Array(100_000).fill('mae')
    const file = zipSync({ ...entries, 'config.json': strToU8(JSON.stringify(config)) })
    const took = processorTime()
    await refused(loadModel(file), /metrics: expected at most 1000, got 100000\./)
    expect(took()).toBeLessThan(1000)
  })

  test('brackets in each other', async () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    await refused(modelFromJSON(`{"a": ${deep}}`), 'expected JSON of at most 100 levels, got more.')
    // Those in texts are none.
    await refused(modelFromJSON(`{"a": "\\"${'['.repeat(1000)}"}`), 'the config of a model')
  })

  test('objects that contain themselves', async () => {
    const config: Record<string, unknown> = { name: 'model' }
    config.layers = [config]
    await expect(modelFromConfig(config)).rejects.toThrow('expected objects of at most 100 levels')
  })
})

describe('names of a million letters', () => {
  const name = 'ab_c'.repeat(250_000)
  const dense = (options: object) => ({
    class_name: 'Dense',
    config: { name: 'dense', units: 2, ...options },
  })
  test.each<[string, object]>([
    ['class', { class_name: name, config: { name: 'odd' } }],
    ['option', dense({ [name]: 3 })],
    ['activation', dense({ activation: name })],
    ['function', dense({ activation: { class_name: 'function', config: name } })],
    ['initializer', dense({ kernel_initializer: { class_name: name, config: {} } })],
    ['axis', dense({ batch_shape: new Array(100_000).fill(1) })],
  ])('%s', async (_, layer) => {
    const took = processorTime()
    await expect(modelFromJSON(sequential([input, layer]))).rejects.toThrow(FormatError)
    expect(took()).toBeLessThan(1000)
  })
})

describe('entries of layers', () => {
  const broken = [
    null,
    3,
    'Dense',
    [],
    {},
    { class_name: 'Dense' },
    { config: {} },
    { class_name: 3, config: {} },
  ]
  test.each(broken.map((entry) => [JSON.stringify(entry), entry]))('%s', async (_, entry) => {
    await refused(modelFromJSON(sequential([input, entry, activation(0)])), 'layer 1: expected class_name')
    const graph = chain(2, (layers) => layers.push(entry as Record<string, unknown>))
    await refused(modelFromJSON(graph), 'layer 3: expected class_name and config')
  })

  test('none in a list', async () => {
    const text = JSON.stringify({ class_name: 'Sequential', config: { name: 'model', layers: null } })
    const file = zipSync({ ...entries, 'config.json': strToU8(text) }, { level: 0 })
    await refused(loadModel(file), 'expected layers in a list, got null')
  })

  test('layers that no output depends on', async () => {
    const graph = chain(2, (layers) => layers.push({ ...activation(7), inbound_nodes: [] }))
    await refused(
      modelFromJSON(graph),
      'expected layers on which an output depends, got Activation "activation_7"',
    )
  })

  test.each([3, 'x', [null], [['input', 0, 0]]])('calls as %j', async (nodes) => {
    const graph = chain(2, (layers) => Object.assign(layers[1] as object, { inbound_nodes: nodes }))
    await refused(
      modelFromJSON(graph),
      /Activation "activation_0", inbound_nodes|expected inbound_nodes in a list/,
    )
  })

  test('two of one name', async () => {
    const graph = chain(3, (layers) => Object.assign(layers[2] as object, { config: activation(0).config }))
    await refused(modelFromJSON(graph), 'expected layers of different names, got two named "activation_0"')
  })

  test.each(['constructor', '__proto__', 'toString'])('of class %s', async (className) => {
    const layer = { class_name: className, config: { name: 'odd' } }
    await refused(modelFromJSON(sequential([input, layer])), `got ${className} "odd"`)
    const text = JSON.stringify({ model_config: JSON.parse(sequential([layer])), keras_version: '2.9.0' })
    const json = JSON.stringify({ modelTopology: JSON.parse(text), weightsManifest: [] })
    await refused(loadModel(strToU8(json)), `got ${className} "odd"`)
  })
})

describe('manifests of TensorFlow.js', () => {
  const topology = JSON.parse(
    sequential([{ class_name: 'Dense', config: { name: 'dense', units: 1, batch_input_shape: [null, 1] } }]),
  )
  const files = (weight: object, paths: readonly string[]): File[] => {
    const weights = [{ name: 'dense/kernel', shape: [1, 1], dtype: 'float32', ...weight }]
    const json = JSON.stringify({ modelTopology: topology, weightsManifest: [{ paths, weights }] })
    return [new File([json], 'model.json'), new File([new Uint8Array(4)], 'weights.bin')]
  }

  test.each(['../weights.bin', '/etc/passwd', 'http://host/x', '//host/x', 'a\\..\\b', ''])(
    'a path "%s"',
    async (path) => {
      await refused(loadModel(files({}, [path])), 'expected paths of files beside it')
    },
  )

  test('one file many times', async () => {
    const paths = Array.from({ length: 100_000 }, () => 'weights.bin')
    await refused(loadModel(files({}, paths)), 'expected each file once, got a second "weights.bin"')
  })

  test.each([
    [{ dtype: 'uint8', scale: 1e38, min: 0 }],
    [{ dtype: 'uint16', scale: 1, min: 1e39 }],
    [{ dtype: 'uint8', scale: '1', min: 0 }],
    [{ dtype: 'uint8', scale: 1, min: null }],
  ])('a quantization %j', async (quantization) => {
    await refused(
      loadModel(files({ quantization }, ['weights.bin'])),
      'expected numbers scale and min, finite as float32',
    )
  })
})
