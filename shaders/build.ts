/**
 * Turns `shaders/*.wgsl` into `src/ops/kernels.gen.ts`: links each kernel, reflects it, and writes one constant per
 * kernel, so that neither the linker nor a loader ships to users. Run by `npm run kernels` and by vite.config.ts.
 *
 * The code of a kernel, which is one of several ways to the same result more often than not, is a module of its own,
 * `src/ops/wgsl/*.gen.ts`: a page loads it when it makes a pipeline of it. Declarations that several kernels have come once,
 * in modules beside those (see modules.ts).
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
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { link } from 'wesl/core'
import { modulesOf } from './modules.ts'
import { type ReflectedKernel, reflectKernel } from './reflect.ts'

const shaders = fileURLToPath(new URL('.', import.meta.url))
const output = fileURLToPath(new URL('../src/ops/', import.meta.url))
/** By which name shared code knows the kernel that imports it. */
const KERNEL = './kernel.wgsl'

/**
 * Writes the modules of kernels, those that changed, and resolves to the number of kernels.
 * Throws an Error that names every faulty file and what is wrong with it.
 */
export async function buildKernels(): Promise<number> {
  const kernels = await linkKernels()
  writeModules(modulesOf(kernels))
  return kernels.length
}

/** Every kernel, linked and reflected; throws alike. */
export async function linkKernels(): Promise<readonly ReflectedKernel[]> {
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
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

async function buildKernel(file: string, weslSrc: Record<string, string>): Promise<ReflectedKernel> {
  const name = file.slice(2, -'.wgsl'.length).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const linked = await link({
    weslSrc: { ...weslSrc, [KERNEL]: weslSrc[file] ?? '' },
    rootModuleName: KERNEL,
    keepComments: false,
    sourceMap: false,
  })
  return reflectKernel(name, linked.dest.replace(/\s*\n\s*/g, '\n').trim())
}

function writeModules(modules: ReadonlyMap<string, string>): void {
  mkdirSync(`${output}wgsl`, { recursive: true })
  for (const file of readdirSync(`${output}wgsl`)) {
    if (!modules.has(`wgsl/${file}`)) rmSync(`${output}wgsl/${file}`)
  }
  for (const [path, text] of modules) {
    writeGenerated(output + path, text)
  }
}

function messageOf(reason: unknown): string {
  const message = reason instanceof Error ? reason.message : String(reason)
  // wesl calls every file so
  return message.replaceAll('.wesl', '.wgsl')
}

/** Writes a generated file, where it changed. */
export function writeGenerated(path: string, text: string): void {
  if (read(path) !== text) writeFileSync(path, text)
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
