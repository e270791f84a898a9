// Arrays as numpy broadcasts them: axes of extent 1 serve all entries of another extent.

import { type Shape, sameShape } from './shape.ts'
import { Tensor } from './tensor.ts'

/** The tensor with the entries of its axes of 1 repeated, as often as a shape of the same rank says. */
export function broadcastTensor(tensor: Tensor, shape: Shape): Tensor {
  if (sameShape(tensor.shape, shape)) return tensor
  let from = tensor.data
  let inner = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [size = 1, count = 1] = [tensor.shape[axis], shape[axis]]
    if (size !== count) {
      const data = new Float32Array((from.length / size) * count)
      for (let i = 0; i < data.length; i++)
        data[i] = from[Math.floor(i / (inner * count)) * inner + (i % inner)] as number
      from = data
    }
    inner *= count
  }
  return new Tensor(from, shape)
}
