/**
 * Compiles src/backends/cpu/assembly to `src/backends/cpu/simd.gen.ts`, WebAssembly with SIMD, and `relaxedSimd.gen.ts`, with relaxed
 * SIMD for engines that have it, each as base64.
 */
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { writeGenerated } from '../shaders/build.ts'

const entry = fileURLToPath(new URL('../src/backends/cpu/assembly/index.ts', import.meta.url))
const output = fileURLToPath(new URL('../src/backends/cpu/', import.meta.url))

const variants = { simd: ['simd'], relaxedSimd: ['simd', 'relaxed-simd'] }

/** Writes the modules, if they changed. Throws an Error with the compiler's message where the source is faulty. */
export async function buildAssembly(): Promise<void> {
  const head = '// Written by .ci/assembly.ts from src/backends/cpu/assembly: edit that.'
  for (const [name, features] of Object.entries(variants)) {
    const code = (await compile(features)).toString('base64')
    writeGenerated(`${output}${name}.gen.ts`, `${head}\nexport const code: string = '${code}'\n`)
  }
}

async function compile(features: readonly string[]): Promise<Buffer> {
  let binary: Uint8Array | null = null
  const { error, stderr } = await asc.main(
    [
      entry,
      ...['--outFile', 'module.wasm', '-O3', '--converge', '--runtime', 'stub', '--noAssert'],
      // The memory is the backend's: its tensors lie there, after what the module itself needs.
      ...['--importMemory', '--zeroFilledMemory', '--noExportMemory'],
      // Functions on vectors are the module's own; none is called from outside.
      ...['--disableWarning', '112'],
      ...features.flatMap((feature) => ['--enable', feature]),
    ],
    {
      writeFile(_name, contents) {
        if (typeof contents !== 'string') binary = contents
      },
    },
  )
  if (error || binary === null) throw new Error(`assembly: ${error?.message ?? ''}\n${stderr.toString()}`)
  return Buffer.from(binary)
}
