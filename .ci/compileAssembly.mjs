/**
 * Compiles AssemblyScript, in a process of its own: what runs TypeScript would first transform the compiler, too, whose code is 13 MB.
 *
 *     node .ci/compileAssembly.mjs '[{ "entry": "index.ts", "output": "module.wasm", "features": ["simd"] }]'
 */
import { writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import asc from 'assemblyscript/asc'

/** @type {readonly { entry: string, output: string, features: readonly string[] }[]} */
const modules = JSON.parse(argv[2] ?? '[]')
for (const { entry, output, features } of modules) {
  const { error, stderr } = await asc.main(
    [
      entry,
      ...['--outFile', 'module.wasm', '-O3', '--runtime', 'stub', '--noAssert'],
      // The memory is the backend's: its tensors lie there, after what the module itself needs.
      ...['--importMemory', '--zeroFilledMemory', '--noExportMemory'],
      // Functions on vectors are the module's own; none is called from outside.
      ...['--disableWarning', '112'],
      ...features.flatMap((feature) => ['--enable', feature]),
    ],
    {
      writeFile(_name, contents) {
        if (typeof contents !== 'string') writeFileSync(output, contents)
      },
    },
  )
  if (error) {
    console.error(`assembly: ${error.message}\n${stderr}`)
    process.exitCode = 1
    break
  }
}
