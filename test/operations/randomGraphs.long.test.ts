// Random models of ops and layers, many: WebGPU agrees with the CPU, and gradients with differences of the loss.
import { test } from 'vitest'
import { checkGraph } from '../support/checkGraph.ts'
import { drawOpsCase } from '../support/opsGraph.ts'

test.each(Array.from({ length: 300 }, (_, i) => i + 1))('graph of ops %i', async (seed) => {
  await checkGraph(drawOpsCase(seed), seed)
})
