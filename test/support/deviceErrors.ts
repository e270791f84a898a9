/**
 * Fails a test on any error that a device reports while it runs. Vitest runs this file before each test file, since files that
 * share a worker share its device, too.
 */
import { afterEach, beforeEach } from 'vitest'
import { watchedDevices } from './watchedDevices.ts'

const FILTERS = ['validation', 'out-of-memory', 'internal'] as const

beforeEach(() => {
  for (const { device } of watchedDevices) for (const filter of FILTERS) device.pushErrorScope(filter)
})

afterEach(async () => {
  const messages: string[] = []
  for (const { device, uncaptured } of watchedDevices) {
    const scoped = await Promise.all(FILTERS.map(() => device.popErrorScope()))
    for (const error of scoped) if (error) messages.push(error.message)
    messages.push(...uncaptured.splice(0))
  }
  if (messages.length > 0) throw new Error(`WebGPU reported errors in this test:\n${messages.join('\n')}`)
})
