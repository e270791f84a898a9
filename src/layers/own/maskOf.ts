// The mask of a tensor in code that is traced, as a tensor.

import { maskWeights } from '../../ops/masks.ts'
import { sizeOf } from '../../util/shape.ts'
import { symbolicTensors } from '../layerCall.ts'
import type { NamedLayer } from '../namedLayer.ts'
import { SymbolicTensor } from '../symbolicTensor.ts'
import { stepCall } from './stepCall.ts'

/** The mask that a tensor has, 1 where a time step is valid and else 0; null where it has none. */
export function maskOf(tensor: SymbolicTensor): SymbolicTensor | null {
  const { maskAxes, shape } = tensor
  if (!maskAxes) return null
  const [mask = null] = stepCall('mask', [tensor], [shape.slice(0, maskAxes)], ([x], { graph }) => {
    if (x?.mask) return [maskWeights(graph, { mask: x.mask }, {}).plain]
    const extents = x?.value.shape.slice(0, maskAxes) ?? []
    return [graph.constant(new Float32Array(sizeOf(extents)).fill(1), extents)]
  })
  return mask
}

/** The mask that a layer gives its output for inputs, by the mask that comes with these or another; null where it gives none. */
export function computeMask(layer: NamedLayer, inputs: unknown, mask: unknown): SymbolicTensor | null {
  symbolicTensors(inputs, `${layer.where}.computeMask`)
  const [output] = [layer.called([inputs, { mask }])].flat()
  return output instanceof SymbolicTensor ? maskOf(output) : null
}
