/**
 * Every golden case on wgpu, the WebGPU of Firefox and Deno, whose compiler is naga: Keras's numbers. Cases take strategies
 * in turn, so that all of them are run.
 */
import * as recurra from 'recurra'
import { checkCase } from '../support/checkCase.ts'
import { goldenNames } from '../support/golden.ts'

let round = 0

Deno.test('there is an adapter', async () => {
  const strategies = (choice: { readonly strategies: readonly string[] }): string =>
    choice.strategies[round % choice.strategies.length] ?? ''
  await recurra.setBackend('webgpu', { strategies })
})

for (const [index, name] of goldenNames.entries())
  Deno.test(name, async () => {
    round = index
    await checkCase(recurra, name)
  })
