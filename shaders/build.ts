/**
 * Turns `shaders/*.wgsl` into `src/ops/kernels.gen.ts`: links each kernel, reflects it, and writes one constant per
 * kernel, so that neither the linker nor a loader ships to users. Run by `npm run kernels` and by vite.config.ts.
 *
 * A kernel shares code with others through WESL imports, which stand before everything else in the file:
 *
 *     import package::lib::activation::activate;        // fn activate of shaders/lib/activation.wgsl
 *     import package::lib::random::{philox, uniform};   // several names of one file
 *
 * Functions, structs, constants and variables can be imported; what is not used is left out; a name that is taken gets
 * a number at its end. Shared code takes from `package::kernel` what every kernel that uses it declares for it. No other
 * WESL feature is in use. For the rest of a kernel's conventions see reflect.ts.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { link } from 'wesl/core'
import type { Kernel } from '../src/graph/kernel.ts'
import { reflectKernel } from './reflect.ts'

const shaders = fileURLToPath(new URL('.', import.meta.url))
const output = fileURLToPath(new URL('../src/ops/kernels.gen.ts', import.meta.url))
/** By which name shared code knows the kernel that imports it. */
const KERNEL = './kernel.wgsl'

/**
 * Writes the module of kernels, if it changed, and resolves to their number.
 * Throws an Error that names every faulty file and what is wrong with it.
 */
export async function buildKernels(): Promise<number> {
  const weslSrc = Object.fromEntries(
    readdirSync(shaders, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.wgsl'))
      .map((path) => path.replaceAll('\\', '/'))
      .sort()
      .map((path) => [`./${path}`, readFileSync(shaders + path, 'utf8')]),
  )
  const files = Object.keys(weslSrc).filter((path) => path.lastIndexOf('/') === 1)
  const results = await Promise.allSettled(files.map((file) => buildKernel(file, weslSrc)))

  const faults = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`shaders/${files[i]?.slice(2)}: ${messageOf(result.reason)}`] : [],
  )
  if (faults.length > 0) throw new Error(faults.join('\n'))

  const kernels = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const text = moduleText(kernels)
  if (read(output) !== text) writeFileSync(output, text)
  return kernels.length
}

async function buildKernel(file: string, weslSrc: Record<string, string>): Promise<Kernel> {
  const name = file.slice(2, -'.wgsl'.length).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const linked = await link({
    weslSrc: { ...weslSrc, [KERNEL]: weslSrc[file] ?? '' },
    rootModuleName: KERNEL,
    keepComments: false,
    sourceMap: false,
  })
  return reflectKernel(name, linked.dest.replace(/\s*\n\s*/g, '\n').trim())
}

function moduleText(kernels: readonly Kernel[]): string {
  const constants = kernels.map(({ code, ...signature }) => {
    // a plain string, so that declarations do not repeat the code as a type
    const text = `{"code":${JSON.stringify(code)} as string,${JSON.stringify(signature).slice(1)}`
    return `export const ${signature.name} = ${text} as const satisfies Kernel\n`
  })
  const head = '// Written by shaders/build.ts from shaders/*.wgsl: edit those.\n'
  return [head, "import type { Kernel } from '../graph/kernel.ts'\n", ...constants].join('\n')
}

function messageOf(reason: unknown): string {
  const message = reason instanceof Error ? reason.message : String(reason)
  // wesl calls every file so
  return message.replaceAll('.wesl', '.wgsl')
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  try {
    await buildKernels()
  } catch (error) {
    console.error(messageOf(error))
    process.exitCode = 1
  }
}
