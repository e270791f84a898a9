// How close activations made of exponentials come to double precision, in units of the last place, from the smallest numbers to
// infinity: by the CPU functions, in WebAssembly and on WebGPU.
import { expect, test } from 'vitest'
import type { Backend } from '../../src/backends/backend.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { activation } from '../../src/ops/activation.ts'
import { activations, type ElementwiseActivation } from '../../src/ops/activations.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { backends, UNDERFLOW } from '../support/compareBackends.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** By its series, and where that cancels by the continued fraction. */
function erfc(x: number): number {
  const z = Math.abs(x)
  if (z < 2.5) {
    let term = x
    let sum = x
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = z
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction
  const tail = Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction)
  return x < 0 ? 2 - tail : tail
}

// WGSL lets eˣ be off by 3 + 2·|x| ulps.
const BY_EXPONENTIAL = (x: number): number => 8 + 2 * Math.abs(x)
const EVERYWHERE = (): number => 8

/** Each with how many ulps it may be off. */
const known: readonly (readonly [ElementwiseActivation, (x: number) => number, (x: number) => number])[] = [
  ['tanh', Math.tanh, EVERYWHERE],
  ['sigmoid', sigmoid, BY_EXPONENTIAL],
  ['softplus', softplus, BY_EXPONENTIAL],
  ['log_sigmoid', (x) => -softplus(-x), BY_EXPONENTIAL],
  ['elu', (x) => (x > 0 ? x : Math.expm1(x)), EVERYWHERE],
  ['selu', (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)), EVERYWHERE],
  ['exponential', Math.exp, BY_EXPONENTIAL],
  ['silu', (x) => x * sigmoid(x), BY_EXPONENTIAL],
  ['gelu', (x) => 0.5 * x * erfc(-x * Math.SQRT1_2), (x) => 10 + 2 * x * x],
  ['mish', (x) => x * Math.tanh(softplus(x)), BY_EXPONENTIAL],
  ['softsign', (x) => x / (1 + Math.abs(x)), EVERYWHERE],
  ['squareplus', (x) => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : (x + Math.hypot(x, 2)) / 2), EVERYWHERE],
]

const magnitudes = [
  0,
  ...Array.from({ length: 3200 }, (_, i) => 2 ** (i / 20 - 149)),
  ...Array.from({ length: 1000 }, (_, i) => i / 50),
  ...[88, 100, 1000, 1e20, 3e38, Number.POSITIVE_INFINITY],
]
const grid = Float32Array.from([...magnitudes.flatMap((x) => [x, -x]), Number.NaN])

const ulpOf = (x: number): number => 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23)
/** Activations of the grid; in WebAssembly as a product applies them. */
async function activated(backend: Backend, code: number, isCompiled: boolean): Promise<Float32Array> {
  const graph = new Graph()
  const memory = { x: grid, one: Float32Array.of(1) }
  const x = residentIn(graph, 'x', [grid.length, 1], grid)
  const argument = isCompiled
    ? matmul(graph, { a: x, b: residentIn(graph, 'one', [1, 1], memory.one) }, {}).y
    : x
  graph.result('y', activation(graph, { x: argument }, { code }).y)
  const plan = await LoadedPlan.load(backend, compile(graph, backend.traits), memory)
  const { results } = await plan.run(memory, [{ start: 0, iteration: 1, rate: 0, reset: 0 }])
  plan.dispose()
  return results.y ?? new Float32Array()
}

test.each(known)('%s', async (name, exact, allowed) => {
  for (const [label, backend] of Object.entries(backends)) {
    const found = await activated(backend, activations[name].code, label.includes('SIMD'))
    expect(found.length).toBe(grid.length)
    for (const [i, x] of grid.entries()) {
      const [got = 0, expected] = [found[i], exact(x)]
      if (Object.is(Math.fround(expected), got) || Math.abs(got - expected) <= UNDERFLOW) continue
      const off = Math.abs(got - expected) / ulpOf(expected)
      if (!(off <= allowed(x)))
        expect.fail(`${label}: ${name}(${x}) is ${expected}, got ${got}, ${off.toPrecision(3)} ulps`)
    }
  }
})
