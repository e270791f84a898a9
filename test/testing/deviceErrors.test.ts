/** What any device reports fails the test in hand (support/deviceErrors.ts), whoever requested it. */
import { describe, test } from 'vitest'
import { requestFurtherDevice, requestTestDevice } from '../support/gpu.ts'

const devices = { shared: await requestTestDevice(), further: await requestFurtherDevice() }

describe.each(['shared', 'further'] as const)('the %s device', (name) => {
  test.fails('an error that it reports fails a test', () => {
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE
    devices[name].createBuffer({ size: 4, usage })
  })

  test('and is no error of the next', () => undefined)
})
