/**
 * The same tests on the CPU and on WebGPU:
 *
 *     onEachBackend(() => {
 *       test('…', async () => { … })
 *     })
 *
 * A file that imports this makes a device for its tests.
 */
import { beforeAll, describe } from 'vitest'
import { setBackend } from '../../src/index.ts'
import { requestTestDevice } from './gpu.ts'
import { isLong } from './sampled.ts'

const device = await requestTestDevice()

export type BackendName = 'cpu' | 'webgpu'

/** Chooses a backend; WebGPU on the file's own device. */
export async function chooseBackend(name: BackendName): Promise<void> {
  await setBackend(name, name === 'webgpu' ? { device } : {})
}

/** Describes the tests once for each backend; pipelines are compiled once for all of them. */
export function onEachBackend(tests: (name: BackendName) => void): void {
  describeOn(['cpu', 'webgpu'], tests)
}

/**
 * Describes them for the CPU, and in long runs for WebGPU, too: tests of what models make of operations, which tests of their own compare
 * with WebGPU in every run, and whose shaders take long to compile.
 */
export function onCpuFirst(tests: (name: BackendName) => void): void {
  describeOn(isLong ? ['cpu', 'webgpu'] : ['cpu'], tests)
}

function describeOn(backends: readonly BackendName[], tests: (name: BackendName) => void): void {
  for (const name of backends) {
    describe(name, () => {
      beforeAll(() => chooseBackend(name))
      tests(name)
    })
  }
}
