/**
 * `recurra/testing`: WebGPU in tests, whatever library they use: devices on a machine without a GPU, whose errors fail the
 * test, and comparison of tensors with tolerances from the arithmetic. `recurra/testing/vitest` and
 * `recurra/testing/node` set a test runner up.
 */

export type { TestHook } from '../util/testHook.ts'
export { checkGpu, gpuProblems, requestDevice } from './devices.ts'
export { assertTensorClose, type TensorLike, type ToleranceOptions } from './tensorClose.ts'
export { tensorMatchers } from './tensorMatchers.ts'

/** As {@link import('./dawn.ts').installWebGpu}. */
export async function installWebGpu(gpu?: 'auto' | 'hardware' | 'software'): Promise<void> {
  return (await import('./dawn.ts')).installWebGpu(gpu)
}
