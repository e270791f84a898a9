/**
 * Every golden case on wgpu, the WebGPU of Firefox and Deno, whose compiler is naga: Keras's numbers. Cases take strategies
 * in turn, so that all of them are run.
 */
import * as recurra from 'recurra'
import { checkCase } from '../support/checkCase.ts'
import { goldenNames } from '../support/golden.ts'
import { letGoOf, requestOwnDevice } from './device.ts'

const device = await requestOwnDevice()
let round = 0

await recurra.setBackend('webgpu', {
  device,
  strategies: ({ strategies }) => strategies[round % strategies.length] ?? '',
})

for (const [index, name] of goldenNames.entries())
  Deno.test(name, async () => {
    round = index
    await checkCase(recurra, name)
  })

letGoOf(device)
