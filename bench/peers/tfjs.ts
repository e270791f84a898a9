// TensorFlow.js: its layers' own LSTM, and data that stay on the device.

import * as tfl from '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-backend-webgpu'
import * as tf from '@tensorflow/tfjs-core'
import {
  batchOf,
  type Case,
  EPSILON,
  initialWeights,
  inputShape,
  LEARNING_RATE,
  outputShape,
  weightShapes,
} from '../cases.ts'
import type { Job, Runtime } from '../contender.ts'
import type { Layer } from '../layers.ts'

/** MultiHeadAttention of x to itself, composed of TensorFlow.js's operations, since it has no such layer. */
class SelfAttention extends tfl.layers.Layer {
  static readonly className = 'SelfAttention'
  readonly #heads: number
  readonly #keyDim: number

  constructor({ heads, keyDim, ...args }: { readonly heads: number; readonly keyDim: number }) {
    super(args)
    this.#heads = heads
    this.#keyDim = keyDim
  }

  override build([, , features = 1]: number[]): void {
    const zeros = tfl.initializers.zeros()
    const inner = [this.#heads, this.#keyDim]
    const add = (name: string, shape: number[]): void => {
      this.addWeight(name, shape, 'float32', zeros)
    }
    for (const name of ['query', 'key', 'value']) {
      add(`${name}/kernel`, [features, ...inner])
      add(`${name}/bias`, inner)
    }
    add('output/kernel', [...inner, features])
    add('output/bias', [features])
    this.built = true
  }

  override computeOutputShape(shape: tfl.Shape): tfl.Shape {
    return shape
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = [inputs].flat()[0] as tf.Tensor3D
      const [batch, time, features] = x.shape
      const [heads, keyDim] = [this.#heads, this.#keyDim]
      const width = heads * keyDim
      const weights = this.weights.map((weight) => weight.read())
      const rows = tf.reshape(x, [batch * time, features])
      const [query, key, value] = [0, 2, 4].map((i) => {
        const kernel = tf.reshape(weights[i]!, [features, width]) as tf.Tensor2D
        const projected = tf.add(tf.matMul(rows, kernel), tf.reshape(weights[i + 1]!, [width]))
        return tf.transpose(tf.reshape(projected, [batch, time, heads, keyDim]), [0, 2, 1, 3])
      }) as [tf.Tensor, tf.Tensor, tf.Tensor]
      const scores = tf.matMul(tf.mul(query, 1 / Math.sqrt(keyDim)), key, false, true)
      const attended = tf.transpose(tf.matMul(tf.softmax(scores), value), [0, 2, 1, 3])
      const kernel = tf.reshape(weights[6]!, [width, features]) as tf.Tensor2D
      const output = tf.matMul(tf.reshape(attended, [batch * time, width]) as tf.Tensor2D, kernel)
      return tf.reshape(tf.add(output, weights[7]!), [batch, time, features])
    })
  }
}

/** `first` is what a first layer is told of its input. */
function layerOf(
  spec: Layer,
  first: { inputShape?: number[]; batchInputShape?: number[] } = {},
): tfl.layers.Layer {
  // its default initializer, orthogonal, takes long, and the weights are set anyway
  const recurrent = {
    ...first,
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'glorotUniform',
  } as const
  const { layers } = tfl
  switch (spec.layer) {
    case 'LSTM':
      return layers.lstm({
        ...recurrent,
        units: spec.units,
        returnSequences: spec.returnSequences ?? false,
        stateful: spec.stateful ?? false,
      })
    case 'SimpleRNN':
      return layers.simpleRNN({
        ...first,
        recurrentInitializer: 'glorotUniform',
        units: spec.units,
        returnSequences: spec.returnSequences ?? false,
        stateful: spec.stateful ?? false,
      })
    case 'GRU':
      return layers.gru({ ...recurrent, units: spec.units, stateful: spec.stateful ?? false })
    case 'Masking':
      return layers.masking(first)
    case 'Embedding':
      return layers.embedding({ ...first, inputDim: spec.rows, outputDim: spec.units })
    case 'SelfAttention':
      return new SelfAttention({ ...first, heads: spec.heads, keyDim: spec.keyDim })
    case 'GlobalAveragePooling1D':
      return layers.globalAveragePooling1d(first)
    case 'Bidirectional': {
      const { units, returnSequences } = spec
      const layer = layerOf({ layer: 'LSTM', units, ...(returnSequences ? { returnSequences } : {}) })
      return layers.bidirectional({ ...first, layer: layer as tfl.RNN, mergeMode: 'concat' })
    }
    case 'ConvLSTM2D':
      return layers.convLstm2d({
        ...recurrent,
        filters: spec.filters,
        kernelSize: [...spec.kernelSize],
        padding: spec.padding,
      })
    case 'Conv1D':
      return layers.conv1d({
        ...first,
        filters: spec.filters,
        kernelSize: spec.kernelSize,
        activation: 'relu',
      })
    case 'MaxPooling1D':
      return layers.maxPooling1d({ ...first, poolSize: spec.poolSize })
    case 'Flatten':
      return layers.flatten(first)
    case 'RepeatVector':
      return layers.repeatVector({ ...first, n: spec.n })
    case 'TimeDistributed':
      return layers.timeDistributed({ ...first, layer: layerOf(spec.of) })
    case 'Dense':
      return layers.dense({ ...first, units: spec.units, useBias: spec.useBias ?? true })
  }
}

function createModel({ layers, input, batch, oneByOne }: Case): tfl.Sequential {
  const first = oneByOne ? { batchInputShape: [batch, ...input] } : { inputShape: [...input] }
  const model = tfl.sequential()
  layers.forEach((spec, i) => {
    model.add(layerOf(spec, i === 0 ? first : {}))
  })
  return model
}

/** A loop around the optimizer, in which nothing is waited for; model.fit is no faster. */
function prepare(item: Case): Job {
  const model = createModel(item)
  const shapes = weightShapes(item)
  tf.tidy(() => model.setWeights(initialWeights(item).map((values, i) => tf.tensor(values, shapes[i]))))
  const optimizer = tf.train.adam(LEARNING_RATE, 0.9, 0.999, EPSILON)
  const batch = batchOf(item)
  const x = tf.tensor(batch.x, inputShape(item))
  const y = tf.tensor(batch.y, outputShape(item))
  const isTraining = item.mode === 'train'
  const forward = (): tf.Tensor => model.apply(x, { training: isTraining }) as tf.Tensor
  const loss = (): tf.Scalar => tf.losses.meanSquaredError(y, forward()) as tf.Scalar
  const step = (): tf.Tensor | null => (isTraining ? optimizer.minimize(loss, true) : tf.tidy(forward))
  let last = Number.NaN
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        const output = step()
        if (output && (i === steps - 1 || item.oneByOne)) last = (await output.data())[0]!
        output?.dispose()
      }
    },
    result: async () => last,
    dispose() {
      optimizer.dispose()
      model.dispose()
      tf.dispose([x, y])
    },
  }
}

/** What it says, at the first step that takes it, of an operation that a backend does not have. */
const LACKS = /Kernel '\w+' not registered for backend/

/** TensorFlow.js on one of its backends. */
export async function tensorflow(backend: 'webgpu' | 'wasm' | 'cpu'): Promise<Runtime> {
  tf.enableProdMode()
  await tf.setBackend(backend)
  if (backend === 'wasm' && getThreadsCount() !== 1) throw new Error('TensorFlow.js: expected one thread')
  return {
    version: tf.version_core,
    device: backend === 'webgpu' ? 'gpu' : 'cpu',
    runs: () => true,
    lacks: (error) => (error instanceof Error && LACKS.exec(error.message)?.[0]) || null,
    select: async () => {
      await tf.setBackend(backend)
    },
    prepare: async (item) => prepare(item),
  }
}
