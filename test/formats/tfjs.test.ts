/**
 * Models of TensorFlow.js: those of test/golden/tfjs predict here what they predicted there, wherever their files lie.
 * bench/peers/layersModels.ts tries files of TensorFlow.js itself.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LayersModel, loadModel, Model, setBackend, tensor } from '../../src/node.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'

const NAMES = [
  'cnn_lstm',
  'conv_lstm',
  'embedding_rnn',
  'encoder_decoder',
  'functional',
  'lstm_defaults',
  'lstm_keras3_options',
  'stacked_bidirectional',
]

interface Numbers {
  readonly shape: number[]
  readonly data: number[]
}

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(`test/golden/tfjs/${path}`))
const textOf = (path: string): string => readFileSync(`test/golden/tfjs/${path}`, 'utf8')
const expectedOf = (name: string): { inputs: Numbers[]; output: Numbers } =>
  JSON.parse(textOf(`${name}/expected.json`))

/** The prediction of a golden model. */
async function predictionOf(model: LayersModel, name: string): Promise<ArrayLike<number>> {
  const { inputs } = expectedOf(name)
  const given = inputs.map(({ data, shape }) => tensor(data, shape))
  const { data } = await model.predict(given.length > 1 ? given : (given[0] as (typeof given)[0]))
  return data
}

onCpuFirst(() => {
  test.each(NAMES)('%s', async (name) => {
    const model = await loadModel(filesOf(name))
    expectClose(name, await predictionOf(model, name), expectedOf(name).output.data, 5e-6)
    model.dispose()
  })
})

/** The files of a golden model as an input of a page gives them. */
const filesOf = (name: string, json = textOf(`${name}/model.json`)): File[] => [
  new File([bytesOf(`${name}/weights.bin`) as Uint8Array<ArrayBuffer>], 'weights.bin'),
  new File([json], 'model.json'),
]

describe('where the files lie', () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://host')
    asked.push(`${pathname}${search}`)
    response.end(bytesOf(pathname.slice(1)))
  })
  let origin = ''
  beforeAll(async () => {
    await setBackend('cpu')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('on a server, with a key for each of them and with progress', async () => {
    const told: [number, number | null][] = []
    const onProgress = (loaded: number, total: number | null): void => void told.push([loaded, total])
    const model = await loadModel(`${origin}/lstm_defaults/model.json?key=1`, { onProgress })
    expect(asked.splice(0)).toEqual(['/lstm_defaults/model.json?key=1', '/lstm_defaults/weights.bin?key=1'])
    const sizes = [bytesOf('lstm_defaults/model.json').length, bytesOf('lstm_defaults/weights.bin').length]
    const total = (sizes[0] ?? 0) + (sizes[1] ?? 0)
    expect(told.at(-1)).toEqual([total, total])
    expect(told.every(([loaded], i) => i === 0 || loaded >= (told[i - 1]?.[0] ?? 0))).toBe(true)
    expectClose(
      'prediction',
      await predictionOf(model, 'lstm_defaults'),
      expectedOf('lstm_defaults').output.data,
      5e-6,
    )
  })

  test('a response, a path and a folder', async () => {
    const path = 'test/golden/tfjs/lstm_defaults'
    for (const source of [
      await fetch(`${origin}/lstm_defaults/model.json`),
      `${path}/model.json`,
      path,
      `${path}/`,
    ])
      expect((await loadModel(source)).countParams()).toBe(186)
  })

  test('alone it says what is missing', async () => {
    await expect(loadModel(bytesOf('lstm_defaults/model.json'))).rejects.toThrow(
      'loadModel: expected also the file "weights.bin", got one file. Give all files in a list,',
    )
    await expect(loadModel(filesOf('lstm_defaults').slice(1))).rejects.toThrow('got "model.json".')
    const other = new File(['x'], 'other.bin')
    await expect(loadModel([...filesOf('lstm_defaults').slice(1), other])).rejects.toThrow(
      'expected also the file "weights.bin", got "model.json", "other.bin".',
    )
  })

  test('a signal ends it', async () => {
    const reason = new Error('enough')
    const aborted = AbortSignal.abort(reason)
    await expect(loadModel(`${origin}/lstm_defaults/model.json`, { signal: aborted })).rejects.toBe(reason)
    const controller = new AbortController()
    const onProgress = (): void => controller.abort(reason)
    const loading = loadModel(`${origin}/lstm_defaults/model.json`, { signal: controller.signal, onProgress })
    await expect(loading).rejects.toBe(reason)
  })
})

type Topology = {
  class_name: string
  config: { layers: { class_name: string; config: Record<string, unknown>; inbound_nodes: unknown[] }[] }
}
interface Call {
  args: [{ config: { keras_history: unknown[] } }]
}
interface Manifest {
  format?: string
  modelTopology: Record<string, unknown> | null
  weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[]
}

/** A golden model whose model.json was changed. */
function changed(name: string, change: (json: Manifest) => void): File[] {
  const json = JSON.parse(textOf(`${name}/model.json`)) as Manifest
  change(json)
  return filesOf(name, JSON.stringify(json))
}

test('a model that the converter of Python made: its layout, its names, defaults and compile settings', async () => {
  await setBackend('cpu')
  const model = await loadModel(
    changed('stacked_bidirectional', (json) => {
      const training = {
        optimizer_config: { class_name: 'RMSProp', config: { learning_rate: 0.25, rho: 0.8, decay: 0 } },
        loss: 'categorical_crossentropy',
        metrics: ['accuracy'],
      }
      const topology = json.modelTopology as unknown as Topology
      for (const { config } of topology.config.layers) {
        for (const key of ['reset_after', 'recurrent_activation']) delete config[key]
        delete (config.layer as { config: Record<string, unknown> } | undefined)?.config.recurrent_activation
      }
      json.modelTopology = {
        keras_version: '2.4.0',
        backend: 'tensorflow',
        model_config: json.modelTopology,
        training_config: training,
      }
      for (const weight of json.weightsManifest[0]?.weights ?? []) {
        weight.name = `sequential/${String(weight.name).replace(/^(bidirectional\w*\/\w+|gru\w*)\//, '$1/lstm_cell_7/')}`
      }
    }),
  )
  const { output } = expectedOf('stacked_bidirectional')
  expectClose('prediction', await predictionOf(model, 'stacked_bidirectional'), output.data, 5e-6)
  expect(model.optimizer?.className).toBe('RMSprop')
  expect(model.optimizer?.learningRate).toBeCloseTo(0.25)
})

test.each([
  ['in its camelCase', 'batchInputShape', false],
  ['in the words of Keras 2', 'batch_input_shape', false],
  ['in these, and with its calls', 'batch_input_shape', true],
])(
  'a file of Keras 3, changed since TensorFlow.js knows no batch_shape, %s',
  async (_, key, hasOlderCalls) => {
    await setBackend('cpu')
    const { inputs, outputs } = await loadModel(filesOf('lstm_defaults'))
    const { config, class_name } = JSON.parse(await Model(inputs, outputs).toJSON()) as Topology
    config.layers.forEach((layer) => {
      const { batch_shape: shape, ...others } = layer.config
      if (layer.class_name === 'InputLayer') layer.config = { ...others, [key]: shape }
      if (hasOlderCalls)
        layer.inbound_nodes = (layer.inbound_nodes as Call[]).map(({ args: [{ config }] }) => [
          [...config.keras_history, {}],
        ])
    })
    const files = changed('lstm_defaults', (json) => {
      json.modelTopology = { keras_version: '3.5.0', model_config: { class_name, config } }
    })
    const { output } = expectedOf('lstm_defaults')
    expectClose('prediction', await predictionOf(await loadModel(files), 'lstm_defaults'), output.data, 5e-6)
  },
)

test.each<[string, (json: Manifest) => void, string]>([
  [
    'a graph-model',
    (json) => {
      json.format = 'graph-model'
    },
    'loadModel: expected a layers-model of TensorFlow.js, got a graph-model, which holds operations and no layers. Convert',
  ],
  [
    'weights alone',
    (json) => {
      json.modelTopology = null
    },
    'modelTopology: expected a model, got weights alone. Build the model here, and call its loadWeights.',
  ],
  [
    'a path out of the folder',
    (json) => {
      json.weightsManifest[0]?.paths.push('../secret.bin')
    },
    'expected paths of files beside it, got "../secret.bin".',
  ],
  [
    'an address',
    (json) => {
      json.weightsManifest[0]?.paths.push('https://host/x.bin')
    },
    'expected paths of files beside it',
  ],
  [
    'more weights than there are',
    (json) => {
      const [weight] = json.weightsManifest[0]?.weights ?? []
      if (weight) weight.shape = [2 ** 40, 2 ** 40]
    },
    'expected 4.8357',
  ],
  [
    'a weight of a complex type',
    (json) => {
      const [weight] = json.weightsManifest[0]?.weights ?? []
      if (weight) weight.dtype = 'complex64'
    },
    'weight "lstm_LSTM1/kernel": expected a dtype among float32, float16, int32, uint8, uint16, bool, got "complex64".',
  ],
  [
    'an unknown quantization',
    (json) => {
      const [weight] = json.weightsManifest[0]?.weights ?? []
      if (weight) weight.quantization = { dtype: 'int4' }
    },
    'expected a quantization as uint8, uint16, float16, got "int4".',
  ],
  [
    'a scale that is no number',
    (json) => {
      const [weight] = json.weightsManifest[0]?.weights ?? []
      if (weight) weight.quantization = { dtype: 'uint8', scale: 'x', min: 0 }
    },
    'expected numbers scale and min',
  ],
  [
    'no manifest',
    (json) => {
      Reflect.deleteProperty(json, 'weightsManifest')
    },
    'weightsManifest: expected groups of weights, got null.',
  ],
  [
    'a weight of another name',
    (json) => {
      const [weight] = json.weightsManifest[0]?.weights ?? []
      if (weight) weight.name = 'gru/kernel'
    },
    'weight "sequential_1/lstm_LSTM1/lstm_cell/kernel": expected a weight of this name, got ["gru/kernel"].',
  ],
])('%s', async (_, change, message) => {
  const loading = loadModel(changed('lstm_defaults', change))
  await expect(loading).rejects.toThrow(message)
})
