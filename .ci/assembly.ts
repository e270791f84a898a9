/**
 * Compiles src/backends/cpu/assembly to `src/backends/cpu/relaxedSimd.gen.ts`, WebAssembly with relaxed SIMD, `simd.gen.ts`, with SIMD
 * for engines that have no other, and `forwardSimd.gen.ts`, for ejected files, with what predictions consist of alone. The first is
 * there in whole, as hexadecimal digits, the others as their differences from it, which are a tenth of them.
 *
 * A compiled function is `export function name(call: Kernel): void`, where `Kernel` is the name of the operation's kernel. Its
 * class is written here, to `calls.gen.ts`, with the fields that src/backends/cpu/calls.ts writes; what the module exports goes
 * to `exports.gen.ts`, and to `src/ops/compiled.gen.ts` which kernel's operation may name which function.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'
import { readShaders, writeGenerated } from '../shaders/build.ts'
import type { ReflectedKernel } from '../shaders/reflect.ts'
import { callFields, STEP_SCALARS } from '../src/backends/cpu/callFields.ts'
import { differencesOf, hexOf } from './differences.ts'

const source = fileURLToPath(new URL('../src/backends/cpu/assembly/', import.meta.url))
const output = fileURLToPath(new URL('../src/backends/cpu/', import.meta.url))

const operations = fileURLToPath(new URL('../src/ops/compiled.gen.ts', import.meta.url))
const compiler = fileURLToPath(new URL('compileAssembly.mjs', import.meta.url))

interface Variant {
  readonly entry: string
  readonly features: readonly string[]
}

const whole: Variant = { entry: 'index.ts', features: ['simd', 'relaxed-simd'] }
const variants: Readonly<Record<string, Variant>> = {
  simd: { entry: 'index.ts', features: ['simd'] },
  forwardSimd: { entry: 'forward.ts', features: ['simd'] },
}

const HEAD = '// Written by .ci/assembly.ts: edit that.\n\n'

/** Gradients that are also the forward pass of a layer: that of a transposed convolution. */
const FORWARD_GRADIENTS: readonly string[] = ['convolutionInputGradient']
/** Files of what training alone calls, here and among the CPU sides of operations. */
const OF_TRAINING = [
  ...['adafactor', 'adamRows', 'adaptiveUpdates', 'aroundUpdate', 'constrain', 'lag', 'lamb', 'lossScale'],
  ...['muon', 'optimizers', 'penalty', 'scaledUpdate', 'sgdRows'],
]

/** Whether predictions may call a function: of a file by its name without ending, and by the name of its operation. */
export const isForward = (file: string, operation: string): boolean =>
  !OF_TRAINING.includes(file) && (!operation.endsWith('Gradient') || FORWARD_GRADIENTS.includes(operation))

/** Writes the modules, if they changed. Throws an Error with the compiler's message where the source is faulty. */
export function buildAssembly(kernels: readonly ReflectedKernel[]): void {
  const functions = findFunctions()
  writeGenerated(`${source}calls.gen.ts`, HEAD + callClasses(functions, kernels))
  writeGenerated(`${source}exports.gen.ts`, HEAD + exportsOf(functions))
  const forward = functions.filter(({ file, name }) =>
    isForward(file.replace('.ts', ''), name.replace(/(Covers|Scratch)$/, '')),
  )
  writeGenerated(`${source}forwardExports.gen.ts`, HEAD + exportsOf(forward))
  writeGenerated(operations, HEAD + kernelTypes(functions))
  const head = `${HEAD}// Of sources ${hashOfSources()}.\n`
  const fileOf = (name: string): string => `${output}${name}.gen.ts`
  const isCurrent = (name: string): boolean =>
    existsSync(fileOf(name)) && readFileSync(fileOf(name), 'utf8').startsWith(head)
  if (['relaxedSimd', ...Object.keys(variants)].every(isCurrent)) return
  // The first command in a fresh clone would be silent for long.
  console.log('Compiling what the CPU computes, once: some ten seconds …')
  const [base, ...others] = compiled([whole, ...Object.values(variants)])
  if (!base) throw new Error('assembly: expected a module, got none')
  writeGenerated(fileOf('relaxedSimd'), `${head}export const code: string = '${hexOf(base)}'\n`)
  Object.keys(variants).forEach((name, i) => {
    const differences = JSON.stringify(differencesOf(base, others[i] as Buffer))
    const text = `export const differences: readonly Difference[] = ${differences}\n`
    writeGenerated(fileOf(name), `${head}import type { Difference } from './differences.ts'\n\n${text}`)
  })
}

/** Of all that the modules are compiled from, by which compiler and how, since compiling takes seconds. */
function hashOfSources(): string {
  const hash = createHash('sha1').update(readFileSync(fileURLToPath(import.meta.url)))
  hash.update(readFileSync(fileURLToPath(new URL('differences.ts', import.meta.url))))
  hash.update(readFileSync(compiler))
  hash.update(readFileSync(fileURLToPath(import.meta.resolve('assemblyscript/package.json'))))
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(source + file))
  return hash.digest('hex').slice(0, 12)
}

/** An exported function that takes a call. */
interface CompiledFunction {
  readonly file: string
  readonly name: string
  /** The class of its calls. */
  readonly call: string
}

function findFunctions(): CompiledFunction[] {
  const files = readdirSync(source).filter((file) => file.endsWith('.ts') && !file.endsWith('.gen.ts'))
  return files.flatMap((file) => {
    const text = readFileSync(source + file, 'utf8')
    const found = [...text.matchAll(/^export function (\w+)\(_?call: (\w+)\)/gm)].map(
      ([, name = '', call = '']) => ({ file, name, call }),
    )
    // Without its size, working memory would be others' memory.
    for (const [, name = ''] of text.matchAll(/^export function (\w+(?:Covers|Scratch))\(/gm)) {
      if (!found.some((one) => one.name === name))
        throw new Error(`assembly: expected ${name} to take a call alone, (call: Kernel), in ${file}`)
    }
    return found
  })
}

const capitalized = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

/** Extents and flags fit 31 bits, and loops count down to zero: u32 of WGSL is i32 there. */
const TYPES = { f32: 'f32', u32: 'i32', i32: 'i32', address: 'usize' }

function callClasses(functions: readonly CompiledFunction[], kernels: readonly ReflectedKernel[]): string {
  const classes = [...new Set(functions.map(({ call }) => call))].map((call) => {
    const kernel = kernels.find(({ name }) => capitalized(name) === call)
    if (!kernel)
      throw new Error(`assembly: expected the name of a kernel for the class of a call, got ${call}`)
    const fields = callFields(kernel).map(
      ({ name, type }) => `  ${name}: ${name === STEP_SCALARS ? 'Step' : TYPES[type]}\n`,
    )
    return `@unmanaged\nexport class ${call} {\n${fields.join('')}}\n`
  })
  return [stepClass(), ...classes].join('\n')
}

/** The scalars of a step, as shaders/lib/step.wgsl lays them out. */
function stepClass(): string {
  const { structs } = new WgslReflect(readShaders()['./lib/step.wgsl'])
  const members = structs.find(({ name }) => name === 'Step')?.members ?? []
  const fields = members.map(({ name, type, offset }, index) => {
    const scalar = type.getTypeName()
    if ((scalar !== 'f32' && scalar !== 'u32') || offset !== 4 * index)
      throw new Error(`lib/step.wgsl: expected f32 and u32 in a row, got ${scalar} ${name}`)
    return `  ${name}: ${TYPES[scalar]}\n`
  })
  return `@unmanaged\nexport class Step {\n${fields.join('')}}\n`
}

const exportsOf = (functions: readonly CompiledFunction[]): string =>
  functions.map(({ file, name }) => `export { ${name} } from './${file.replace('.ts', '')}'\n`).join('')

/** The functions that compute something, with the names of their kernels. */
function kernelTypes(functions: readonly CompiledFunction[]): string {
  const computing = functions.filter(({ name }) => !/(Covers|Scratch)$/.test(name))
  const fields = computing.map(
    ({ name, call }) => `  ${name}: '${call.slice(0, 1).toLowerCase()}${call.slice(1)}'\n`,
  )
  return `/** Compiled functions, and whose names their calls have. */\nexport interface CompiledFunctions {\n${fields.join('')}}\n`
}

/** Modules as WebAssembly, in their order. */
function compiled(variants: readonly Variant[]): readonly Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'recurra-assembly-'))
  const modules = variants.map(({ entry, features }, i) => ({
    entry: `${source}${entry}`,
    output: join(folder, `${i}.wasm`),
    features,
  }))
  try {
    const { status, stderr } = spawnSync(execPath, [compiler, JSON.stringify(modules)], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return modules.map(({ output }) => readFileSync(output))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
