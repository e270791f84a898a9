// What tests of models share.

import { type LayersModel, type Tensor, tensor } from '../../src/index.ts'

export const quiet = { verbose: 0 } as const

/** All weights in one list. */
export async function weightsOf(model: LayersModel): Promise<number[]> {
  return (await model.getWeights()).flatMap(({ data }) => [...data])
}

/** Samples `from` to `to`, that one left out. */
export function rowsOf({ data, shape: [rows = 1, ...rest] }: Tensor, from: number, to: number): Tensor {
  const width = data.length / rows
  return tensor(data.slice(from * width, to * width), [to - from, ...rest])
}
