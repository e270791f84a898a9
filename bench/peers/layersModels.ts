/**
 * Models go to TensorFlow.js and come from it: what tf.LayersModel.save writes is loaded here, what is written here is loaded by
 * tf.loadLayersModel, and both predict the same.
 *
 *     npm run tfjs
 */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import * as recurra from '../../src/node.ts'
import { cases, type Numbers } from './layersModelCases.ts'

// Layers call operations as methods of tensors, which the package of all of TensorFlow.js adds to these.
const methods = tf.Tensor.prototype as unknown as Record<string, unknown>
methods.flatten = function flatten(this: tf.Tensor) {
  return tf.reshape(this, [-1])
}
for (const [name, operation] of Object.entries(tf)) {
  if (typeof operation !== 'function' || name in methods) continue
  const call = operation as (...args: unknown[]) => unknown
  methods[name] = function method(this: tf.Tensor, ...args: unknown[]) {
    return call(this, ...args)
  }
}

/** Largest difference of predictions, which are of about 1. */
const TOLERANCE = 1e-5

/** The prediction of a model of TensorFlow.js. */
function predictedThere(model: tfl.LayersModel, inputs: readonly Numbers[]): Numbers {
  const tensors = inputs.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]))
  const output = model.predict(tensors.length > 1 ? tensors : (tensors[0] as tf.Tensor)) as tf.Tensor
  return { shape: output.shape, data: output.dataSync() }
}

async function predictedHere(model: recurra.LayersModel, inputs: readonly Numbers[]): Promise<Numbers> {
  const tensors = inputs.map(({ data, shape }) => recurra.tensor(Float32Array.from(data), shape))
  return model.predict<recurra.Tensor>(tensors.length > 1 ? tensors : (tensors[0] as recurra.Tensor))
}

/** What TensorFlow.js gives its handlers of files, as files. */
async function savedThere(model: tfl.LayersModel): Promise<File[]> {
  let files: File[] = []
  await model.save({
    save: async ({ weightSpecs, weightData, modelTopology, format }) => {
      const buffers = [weightData ?? []].flat()
      const json = {
        format,
        modelTopology,
        weightsManifest: [{ paths: buffers.map((_, i) => `shard${i}.bin`), weights: weightSpecs }],
      }
      files = [new File([JSON.stringify(json)], 'model.json')]
      buffers.forEach((buffer, i) => {
        files.push(new File([buffer], `shard${i}.bin`))
      })
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } }
    },
  })
  return files
}

/** A model of ours as TensorFlow.js loads it. */
async function loadedThere(model: recurra.LayersModel): Promise<tfl.LayersModel> {
  const files = new Map<string, Uint8Array>()
  await model.save((bytes, name) => void files.set(name, bytes), { format: 'tfjs' })
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json')))
  const [{ paths, weights }] = json.weightsManifest
  const data = Buffer.concat(paths.map((path: string) => files.get(path)))
  const weightData = new Uint8Array(data).buffer
  return tfl.loadLayersModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      format: json.format,
      weightSpecs: weights,
      weightData,
    }),
  })
}

function differenceOf(a: Numbers, b: Numbers): number {
  if (a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY
  return Array.from(a.data).reduce((most, x, i) => Math.max(most, Math.abs(x - (b.data[i] ?? Number.NaN))), 0)
}

await tf.setBackend('cpu')
await recurra.setBackend('cpu')
let failures = 0
for (const [name, { inputs, theirs, own }] of Object.entries(cases)) {
  const report = (way: string, difference: number): void => {
    const fails = !(difference <= TOLERANCE)
    failures += Number(fails)
    console.log(`${fails ? 'FAILED ' : ''}${name}, ${way}: ${difference.toExponential(1)}`)
  }
  const attempt = async (
    way: string,
    predictions: () => Promise<readonly [Numbers, Numbers]>,
  ): Promise<void> => {
    try {
      report(way, differenceOf(...(await predictions())))
    } catch (error) {
      console.error(error)
      report(way, Number.NaN)
    }
  }
  await attempt('from TensorFlow.js', async () => {
    const model = theirs()
    const loaded = await recurra.loadModel(await savedThere(model))
    return [predictedThere(model, inputs), await predictedHere(loaded, inputs)]
  })
  await attempt('to TensorFlow.js', async () => {
    const model = own()
    return [await predictedHere(model, inputs), predictedThere(await loadedThere(model), inputs)]
  })
}
if (failures > 0) throw new Error(`${failures} predictions differ by more than ${TOLERANCE}`)
