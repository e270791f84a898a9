/** Generates what is compiled: WGSL for WebGPU, WebAssembly for the CPU, and the player of ejected files. `npm run kernels`. */
import { buildKernels } from '../shaders/build.ts'
import { buildAssembly } from './assembly.ts'
import { buildPlayer } from './player.ts'

try {
  buildAssembly(await buildKernels())
  await buildPlayer()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
