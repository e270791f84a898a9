/** Generates what is compiled of kernels: WGSL for WebGPU, WebAssembly for the CPU. `npm run kernels`. */
import { buildKernels } from '../shaders/build.ts'
import { buildAssembly } from './assembly.ts'

try {
  await buildAssembly(await buildKernels())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
