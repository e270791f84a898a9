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

const device = await requestTestDevice()

export type BackendName = 'cpu' | 'webgpu'

/** Chooses a backend; WebGPU on the file's own device. */
export async function chooseBackend(name: BackendName): Promise<void> {
  await setBackend(name, name === 'webgpu' ? { device } : {})
}

/** Describes the tests once for each backend; pipelines are compiled once for all of them. */
export function onEachBackend(tests: (name: BackendName) => void): void {
  for (const name of ['cpu', 'webgpu'] as const) {
    describe(name, () => {
      beforeAll(() => chooseBackend(name))
      tests(name)
    })
  }
}
