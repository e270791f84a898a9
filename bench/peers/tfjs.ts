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
  weightShapes,
} from '../cases.ts'
import type { Job, Runtime } from '../contender.ts'

function createModel(item: Case): tfl.Sequential {
  const { kind, layers, units } = item
  const model = tfl.sequential()
  for (let layer = 0; layer < layers; layer++) {
    const first = layer === 0 ? { inputShape: inputShape(item).slice(1) } : {}
    const lstm = {
      units,
      recurrentActivation: 'sigmoid',
      // its default, orthogonal, takes long, and the weights are set anyway
      recurrentInitializer: 'glorotUniform',
      returnSequences: layer < layers - 1,
    } as const
    model.add(
      kind === 'dense'
        ? tfl.layers.dense({ ...first, units, useBias: false })
        : tfl.layers.lstm({ ...first, ...lstm }),
    )
  }
  model.add(tfl.layers.dense({ units: 1 }))
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
  const y = tf.tensor2d(batch.y, [item.batch, 1])
  const isTraining = item.mode === 'train'
  const forward = (): tf.Tensor => model.apply(x, { training: isTraining }) as tf.Tensor
  const loss = (): tf.Scalar => tf.losses.meanSquaredError(y, forward()) as tf.Scalar
  const step = (): tf.Tensor | null => (isTraining ? optimizer.minimize(loss, true) : tf.tidy(forward))
  let last = Number.NaN
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        const output = step()
        if (output && i === steps - 1) last = (await output.data())[0]!
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

/** TensorFlow.js on one of its backends. */
export async function tensorflow(backend: 'webgpu' | 'wasm' | 'cpu'): Promise<Runtime> {
  tf.enableProdMode()
  await tf.setBackend(backend)
  if (backend === 'wasm' && getThreadsCount() !== 1) throw new Error('TensorFlow.js: expected one thread')
  return {
    version: tf.version_core,
    device: backend === 'webgpu' ? 'gpu' : 'cpu',
    trains: true,
    select: async () => {
      await tf.setBackend(backend)
    },
    prepare: async (item) => prepare(item),
  }
}
