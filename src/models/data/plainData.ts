// The data of most fits: an array for the one input and an array for the one output, without weights. They are read here. All
// else, and all that is wrong with data, is the affair of data.ts, which is loaded then.

import { givesIntegers } from '../../layers/integers.ts'
import { isOpen } from '../../layers/layerGraph.ts'
import { hosting } from '../../layers/own/hosting.ts'
import { fitsSample } from '../../training/loss.ts'
import type { Shape } from '../../util/shape.ts'
import { allFinite, isTensorData, type Tensor, toTensor } from '../../util/tensor.ts'
import { type StepModel, sampleShape } from '../stepGraph.ts'
import type { Samples } from './data.ts'

/** What fit is told of a data set. */
export interface GivenData {
  readonly x: unknown
  readonly y: unknown
  readonly sampleWeight?: unknown
  readonly classWeight?: unknown
}

/** Reads the data set of a training. */
export const readTrainingData = async (model: StepModel, data: GivenData, where: string): Promise<Samples> =>
  readPlain(model, data, where) ?? (await anyData()).readSamples(model, data, where)

const anyData = () => import('./data.ts')

/** The samples of plain data; null where data are not plain or do not fit the model. */
function readPlain(
  { inputs, outputs, training }: StepModel,
  { x, y, sampleWeight, classWeight }: GivenData,
  where: string,
): Samples | null {
  const [input, output, target] = [inputs[0], outputs[0], training[0]?.target]
  const isPlain = inputs.length + outputs.length === 2 && (sampleWeight ?? classWeight ?? null) === null
  // Targets of fewer axes than predictions are class indices, which data.ts checks.
  if (!isPlain || !input || !output || !target || target === 'any' || target.length < output.shape.length - 1)
    return null
  // Data alone say the shapes of an open model.
  if (hosting.cut || givesIntegers(input.layer) || isOpen({ inputs, outputs })) return null
  const sample = sampleShape(input) as Shape
  const samples = readArray(x, `${where}, x`)
  if (!samples || !fitsSample(samples.shape, sample)) return null
  const targets = readArray(y, `${where}, y`)
  if (!targets || !fitsSample(targets.shape, target)) return null
  const [rows = 0] = samples.shape
  const fit = rows > 0 && rows === targets.shape[0] && allFinite(samples.data) && allFinite(targets.data)
  return fit
    ? { rows, inputs: [sample], fields: [samples.data, targets.data], targets: [], weights: [null] }
    : null
}

/** The finite numbers of one array with samples; null if it is none. A list may be one of tensors. */
function readArray(data: unknown, where: string): Tensor | null {
  const isArray = Array.isArray(data) ? !isTensorData(data[0]) : ArrayBuffer.isView(data)
  return isArray || isTensorData(data) ? toTensor(data, where) : null
}
