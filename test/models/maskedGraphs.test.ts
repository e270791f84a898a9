// Random models with masks, a few: WebGPU agrees with the CPU, and gradients with differences of the loss.
import { beforeEach, test, vi } from 'vitest'
import { checkGraph } from '../support/checkGraph.ts'
import { drawMaskedCase } from '../support/maskedGraph.ts'

// Layers may end masks, which they say.
beforeEach(() => {
  vi.spyOn(console, 'warn').mockReturnValue()
})

test.each(Array.from({ length: 5 }, (_, i) => i + 2))('masked graph %i', async (seed) => {
  await checkGraph(drawMaskedCase(seed), seed)
})
