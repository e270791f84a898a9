// What reads and writes files: of which kind arguments and options are. Places are tested in test/formats: a wrong one may be a path.

import * as api from '../../../src/index.ts'
import { isOptions } from '../../../src/util/options.ts'
import { flag, isPlainFunction, kind, nullable, oneOf } from '../kinds.ts'
import { type PublicCall, plain } from './call.ts'
import { signal } from './methods.ts'

const chain = (): api.SequentialModel => api.Sequential([api.Dense(2, { inputShape: [3] })])

const reading = { signal, onProgress: nullable(kind([() => undefined], isPlainFunction)) }

export const files: readonly PublicCall[] = [
  {
    name: 'modelFromJSON',
    args: [kind([JSON.stringify(chain().getConfig())], undefined, ['{"layers": [3]}'])],
    call: plain(api.modelFromJSON),
  },
  {
    name: 'cloneModel',
    args: [kind([chain(), api.Sequential([api.Dense(2)])])],
    call: plain(api.cloneModel),
  },
  {
    name: 'loadModel',
    args: [kind([])],
    options: { compile: flag, ...reading },
    call: plain(api.loadModel),
  },
  {
    name: 'save',
    args: [],
    options: {
      compile: flag,
      format: nullable(oneOf('keras', 'tfjs', 'onnx', 'html', 'js')),
      quantization: nullable(oneOf('uint8', 'uint16', 'float16')),
    },
    // Quantization is TensorFlow.js's.
    call: (model, options) =>
      model.save(() => undefined, (isOptions(options) ? { format: 'tfjs', ...options } : options) as object),
  },
  {
    name: 'saveWeights',
    args: [],
    options: { format: nullable(oneOf('h5', 'safetensors')) },
    call: (model, options) => model.saveWeights(null, options as object),
  },
  {
    name: 'loadWeights',
    args: [],
    options: { byName: flag, skipMismatch: flag, ...reading },
    call: async (model, options) => model.loadWeights(await model.saveWeights(), options as object),
  },
]
