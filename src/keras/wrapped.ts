// Objects here as values of a text.

import { Layer } from '../layers/layer.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/variable.ts'
import { LayerValue } from './layerValue.ts'
import type { Reader } from './reader.ts'
import { TensorValue } from './tensorValue.ts'
import { KerasObject, type WrappedValue } from './values.ts'

export function wrapped(reader: Reader, object: object): WrappedValue {
  if (object instanceof SymbolicTensor || object instanceof DrawnVariable)
    return new TensorValue(reader, object)
  return object instanceof Layer ? new LayerValue(reader, object) : new KerasObject(reader, object)
}
