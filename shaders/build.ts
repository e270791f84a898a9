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
 *
 * The ways to run a recurrence (lib/recurrence) know no cell. A kernel runs one on the cell that its name begins with:
 * `lstm_step_gradient.wgsl` has lib/lstm.wgsl as `package::cell` and lib/lstm_backward.wgsl as `package::memory`, and
 * `lstm_step.wgsl` lib/lstm_forward.wgsl.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { link } from 'wesl/core'
import { modulesOf } from './modules.ts'
import { type ReflectedKernel, reflectKernel } from './reflect.ts'

const shaders = fileURLToPath(new URL('.', import.meta.url))
const output = fileURLToPath(new URL('../src/ops/', import.meta.url))
/** By which names shared code knows the kernel that imports it, and the kernel's cell. */
const KERNEL = './kernel.wgsl'
const CELL = './cell.wgsl'
const MEMORY = './memory.wgsl'

/**
 * Writes the modules of kernels, those that changed, and resolves to the kernels.
 * Throws an Error that names every faulty file and what is wrong with it.
 */
export async function buildKernels(): Promise<readonly ReflectedKernel[]> {
  const kernels = await linkKernels()
  writeModules(modulesOf(kernels))
  return kernels
}

/** Every kernel, linked and reflected; throws alike. */
export async function linkKernels(): Promise<readonly ReflectedKernel[]> {
  const sources = readShaders()
  const files = Object.keys(sources).filter((path) => path.lastIndexOf('/') === 1)
  const results = await Promise.allSettled(files.map((file) => linkKernel(file, sources)))

  const faults = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`shaders/${files[i]?.slice(2)}: ${messageOf(result.reason)}`] : [],
  )
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** The texts of all shaders by path, `./lib/lstm.wgsl`. */
export const readShaders = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(shaders, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.wgsl'))
      .map((path) => path.replaceAll('\\', '/'))
      .sort()
      .map((path) => [`./${path}`, readFileSync(shaders + path, 'utf8')]),
  )

/** One of these as a kernel. */
export async function linkKernel(
  file: string,
  sources: Readonly<Record<string, string>>,
): Promise<ReflectedKernel> {
  const words = file.slice('./'.length, -'.wgsl'.length).split('_')
  const name = words.map((word, i) => (i === 0 ? word : capitalized(word))).join('')
  const cell = `./lib/${words[0]}`
  const memory = `${cell}_${words.at(-1) === 'gradient' ? 'backward' : 'forward'}`
  const linked = await link({
    weslSrc: {
      ...sources,
      [KERNEL]: sources[file] ?? '',
      [CELL]: sources[`${cell}.wgsl`] ?? '',
      [MEMORY]: sources[`${memory}.wgsl`] ?? '',
    },
    rootModuleName: KERNEL,
    keepComments: false,
    sourceMap: false,
  })
  return reflectKernel(name, linked.dest.replace(/\s*\n\s*/g, '\n').trim())
}

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

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
