// Random models of ops and layers: WebGPU agrees with the CPU, and gradients with differences. Many more: randomGraphs.long.test.ts.
import { test } from 'vitest'
import { checkGraph } from '../support/checkGraph.ts'
import { drawOpsCase } from '../support/opsGraph.ts'

test.each([1, 2, 3, 4, 5, 6, 7, 8])('graph of ops %i', async (seed) => {
  await checkGraph(drawOpsCase(seed), seed)
})
