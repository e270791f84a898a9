/**
 * Runs a plan on the CPU in JavaScript, in WebAssembly with SIMD and with relaxed SIMD, and on WebGPU, and compares what
 * they give. A file that imports this makes a device for its tests.
 */
import { setFlagsFromString } from 'node:v8'
import { expect } from 'vitest'
import type { Backend } from '../../src/backends/backend.ts'
import { createCpuBackend } from '../../src/backends/cpu/cpu.ts'
import { WebGpuBackend } from '../../src/backends/webgpu/webgpu.ts'
import type { Plan } from '../../src/compiler/plan.ts'
import type { CpuSide, StepScalars } from '../../src/graph/operation.ts'
import { requestTestDevice } from './gpu.ts'
import { type Floats, LoadedPlan, type Memory, type Run } from './runPlan.ts'
import { scalesOf } from './scale.ts'

/** How far apart results may be. */
export interface Rounding {
  /**
   * How many roundings an element goes through, 8 by default: the difference allowed, in units of ε = 2⁻²³ times the
   * element's scale (scale.ts). A function that WGSL lets be off by 2 ε counts as two.
   */
  readonly roundings?: number
  /** The results are sums of products: errors grow with each element's own Σ|a·b|, which is its value at |inputs|. */
  readonly products?: boolean
  /** The difference is in units of each element's own ε, however small it is; underflow aside. */
  readonly each?: boolean
  /** No element's scale is smaller: the results are differences of numbers of this magnitude. */
  readonly floor?: number
  /** Only the CPU's own functions run: the case consists of operations that are compared by themselves. */
  readonly isCpuAlone?: boolean
}

/** What operations that a test makes do on the CPU, by their names. */
export const ownSides: Record<string, CpuSide> = {}
/** The operations' own CPU functions: what the others are compared with. */
export const cpu: Backend = await createCpuBackend('JavaScript', ownSides)
const simd: Backend = await createCpuBackend('SIMD', ownSides)
const relaxedSimd: Backend = await createRelaxed()
export const webgpu: Backend = new WebGpuBackend(await requestTestDevice(), false)
export const backends: Readonly<Record<string, Backend>> = {
  JavaScript: cpu,
  SIMD: simd,
  'relaxed SIMD': relaxedSimd,
  WebGPU: webgpu,
}

const EPSILON = 2 ** -23
/** A device may take what is below the smallest normal number for zero, also on the way to a result. */
export const UNDERFLOW = 2 ** -118

/** What a plan gives on the CPU, in every way that the CPU runs it. */
export interface Reference {
  /** By the operations' own functions. */
  readonly expected: Run
  /** In WebAssembly, by the name of the backend. */
  readonly compiled: Readonly<Record<string, Run>>
  /** Of the magnitudes of all inputs: what the terms of sums of products add up to. */
  readonly grown: Run | null
}

async function runOn(
  backend: Backend,
  plan: Plan,
  memory: Memory,
  steps: readonly StepScalars[],
): Promise<Run> {
  const loaded = await LoadedPlan.load(backend, plan, memory)
  const found = await loaded.run(memory, steps)
  loaded.dispose()
  return found
}

/** Runs a plan on the CPU. A plan of the same operations by other strategies gives the same there. */
export async function referenceOf(
  plan: Plan,
  memory: Memory,
  steps: readonly StepScalars[],
  { products = false, isCpuAlone = false }: Rounding,
): Promise<Reference> {
  const compiled: Record<string, Run> = {}
  for (const [name, backend] of Object.entries(isCpuAlone ? {} : { SIMD: simd, 'relaxed SIMD': relaxedSimd }))
    compiled[name] = await runOn(backend, plan, memory, steps)
  return {
    expected: await runOn(cpu, plan, memory, steps),
    compiled,
    grown: products && !isCpuAlone ? await runOn(cpu, plan, absolute(memory), steps) : null,
  }
}

/** Expects results and memory to be the same everywhere and returns what the CPU functions gave. */
export async function compareBackends(
  plan: Plan,
  memory: Memory,
  steps: readonly StepScalars[],
  rounding: Rounding,
  { prefix = '', reference }: { readonly prefix?: string; readonly reference?: Reference | undefined } = {},
): Promise<Run> {
  const { roundings = 8, each = false, floor = 0 } = rounding
  const { expected, compiled, grown } = reference ?? (await referenceOf(plan, memory, steps, rounding))
  if (rounding.isCpuAlone) return expected
  const others = { ...compiled, WebGPU: await runOn(webgpu, plan, memory, steps) }
  const compare = (label: string, pick: (run: Run) => Floats): void => {
    for (const [name, values] of Object.entries(pick(expected))) {
      const scale = (grown && pick(grown)[name]) ?? (each ? values : scaleOf(values))
      for (const [backend, found] of Object.entries(others)) {
        const limits = { roundings, floor, scale }
        expectWithin(limits, `${backend}: ${label}${name}`, pick(found)[name], values)
      }
    }
  }
  compare(prefix, ({ results }) => results)
  compare('memory of ', ({ memory: arenas }) => arenas)
  return expected
}

/** Node 20's engine has relaxed SIMD behind a flag. */
async function createRelaxed(): Promise<Backend> {
  let backend = await createCpuBackend('relaxed SIMD', ownSides)
  if (!backend.info.description.includes('relaxed')) {
    setFlagsFromString('--experimental-wasm-relaxed-simd')
    backend = await createCpuBackend('relaxed SIMD', ownSides)
    // Other files of this process get what the engine has by itself.
    setFlagsFromString('--no-experimental-wasm-relaxed-simd')
  }
  expect(backend.info.description).toBe('CPU (WebAssembly relaxed SIMD)')
  return backend
}

/** Scales of what the CPU gave, which is compared with every strategy. */
const scales = new WeakMap<Float32Array, Float64Array>()

function scaleOf(values: Float32Array): Float64Array {
  const found = scales.get(values) ?? scalesOf(values)
  scales.set(values, found)
  return found
}

const absolute = (memory: Memory): Memory =>
  Object.fromEntries(Object.entries(memory).map(([name, values]) => [name, values.map(Math.abs)]))

interface Limits {
  readonly roundings: number
  readonly floor: number
  /** A magnitude for each element. */
  readonly scale: Float32Array | Float64Array
}

function expectWithin(
  { roundings, floor, scale }: Limits,
  name: string,
  found: Float32Array | undefined,
  expected: Float32Array,
): void {
  expect(found?.length, `length of ${name}`).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const [value, got] = [expected[i] ?? Number.NaN, found?.[i] ?? Number.NaN]
    const magnitude = Math.max(floor, Math.abs(scale[i] ?? Number.NaN))
    // What is not finite is the same everywhere.
    if (Object.is(got, value) || Math.abs(got - value) <= UNDERFLOW) continue
    const off = Math.abs(got - value) / (EPSILON * magnitude)
    if (!(off <= roundings)) {
      expect.fail(`${name}[${i}]: expected ${value}, got ${got}, ${off.toPrecision(3)} ε of ${magnitude}`)
    }
  }
}
