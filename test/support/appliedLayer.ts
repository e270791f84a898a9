// What a layer makes of an array, on both backends.

import { expect } from 'vitest'
import { Input, Model, type SymbolicTensor, type Tensor, tensor } from '../../src/index.ts'
import { chooseBackend } from './backends.ts'

/** The output, the same on the CPU and on WebGPU. */
export async function applied(
  layer: (x: SymbolicTensor) => SymbolicTensor,
  data: readonly unknown[],
  inputShape?: readonly number[],
): Promise<unknown> {
  const x = tensor(data as never)
  const input = Input(inputShape ?? x.shape.slice(1))
  const model = Model(input, layer(input))
  const results: unknown[] = []
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    results.push((await model.predict<Tensor>(x)).toArray())
  }
  model.dispose()
  expect(results[1]).toEqual(results[0])
  return results[0]
}
