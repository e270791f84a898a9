// Objects here as values of a text.

import { Layer } from '../layers/layer.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import type { StepMetric } from '../models/steppedModel.ts'
import type { Loss } from '../training/loss.ts'
import { MetricVariable } from '../training/metrics/metricVariable.ts'
import { Optimizer } from '../training/optimizer.ts'
import { Tensor } from '../util/tensor.ts'
import { LayerValue } from './layerValue.ts'
import { LossValue } from './lossValue.ts'
import { MetricValue } from './metricValue.ts'
import { tensorNumbers } from './numbersValue.ts'
import { OptimizerValue } from './optimizerValue.ts'
import type { Reader } from './reader.ts'
import { TensorValue } from './tensorValue.ts'
import { KerasObject, type WrappedValue } from './values.ts'

const isMetric = (object: object): object is StepMetric => 'updateState' in object && 'result' in object
const isLoss = (object: object): object is Loss => 'targetShape' in object && 'reduction' in object

export function wrapped(reader: Reader, object: object): WrappedValue {
  if (object instanceof SymbolicTensor || object instanceof DrawnVariable || object instanceof MetricVariable)
    return new TensorValue(reader, object)
  if (object instanceof Tensor) return tensorNumbers(reader, object)
  if (object instanceof Layer) return new LayerValue(reader, object)
  if (object instanceof Optimizer) return new OptimizerValue(reader, object)
  if (isMetric(object)) return new MetricValue(reader, object)
  return isLoss(object) ? new LossValue(reader, object) : new KerasObject(reader, object)
}
