/**
 * Every golden case on the CPU, and a few on WebGPU, in long runs every one: the same model, data and fit as in Keras,
 * and Keras's numbers. By the strategies that the rules choose; by all: strategies.long.test.ts.
 */
import { beforeAll, describe, test } from 'vitest'
import * as recurra from '../src/index.ts'
import { checkCase } from './support/checkCase.ts'
import { goldenNames } from './support/golden.ts'
import { requestTestDevice } from './support/gpu.ts'
import { chosen } from './support/sampled.ts'

const device = await requestTestDevice()

describe('cpu', () => {
  beforeAll(async () => {
    await recurra.setBackend('cpu')
  })
  test.each(goldenNames)('%s', (name) => checkCase(recurra, name))
})

// A few, but not the first, which has all activations. What the backends share is the plan; kernels are compared with the
// CPU's functions in ops/, and every run has in Deno as many cases as take all operations.
describe('webgpu', () => {
  beforeAll(async () => {
    await recurra.setBackend('webgpu', { device })
  })
  test.each(chosen(goldenNames, (_, i) => i % 48 === 4))('%s', (name) => checkCase(recurra, name))
})
