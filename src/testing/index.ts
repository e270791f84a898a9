/**
 * `recurra/testing`: WebGPU in tests, whatever library they use: devices on a machine without a GPU, whose errors fail the
 * test, and comparison of tensors with tolerances from the arithmetic. `recurra/testing/vitest` and
 * `recurra/testing/node` set a test runner up.
 */

export type { FitTold, TestHook } from '../util/testHook.ts'
export { checkGpu, type DeviceDescriptor, gpuProblems, requestDevice } from './devices.ts'
export { assertTensorClose, type TensorLike, type ToleranceOptions } from './tensorClose.ts'
export { tensorMatchers } from './tensorMatchers.ts'

/**
 * Sets `navigator.gpu` and WebGPU's globals (`GPUBufferUsage` and others) in Node, for programs of any library. Does nothing where they are
 * set.
 *
 * @param gpu The machine's GPU, a software adapter, or whichever there is, `'auto'`. An environment that names a Vulkan driver
 * (VK_DRIVER_FILES) is left as it is.
 * @throws {RecurraError} if there is no adapter.
 */
export async function installWebGpu(gpu?: 'auto' | 'hardware' | 'software'): Promise<void> {
  return (await import('./dawn.ts')).installWebGpu(gpu)
}
