import { type Tensor, tensor } from 'recurra'

/** The first rows of a tensor, `most` or all. */
export function firstRows({ data, shape: [all = 0, ...rest] }: Tensor, most: number): Tensor {
  const rows = Math.min(all, most)
  return tensor(data.subarray(0, (rows * data.length) / all), [rows, ...rest])
}
