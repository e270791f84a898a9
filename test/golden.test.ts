/** Every golden case on the CPU and on WebGPU: the same model, data and fit as in Keras, and Keras's numbers. */
import { beforeAll, describe, test } from 'vitest'
import { setBackend } from '../src/index.ts'
import { checkCase } from './support/checkCase.ts'
import { goldenNames } from './support/golden.ts'
import { requestTestDevice } from './support/gpu.ts'

const device = await requestTestDevice()

describe('cpu', () => {
  beforeAll(async () => {
    await setBackend('cpu')
  })
  test.each(goldenNames)('%s', checkCase)
})

describe('webgpu', () => {
  beforeAll(async () => {
    await setBackend('webgpu', { device })
  })
  test.each(goldenNames)('%s', checkCase)
})
