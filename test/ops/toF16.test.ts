/** The f16 of floats, bit by bit: WGSL leaves rounding and overflow open, these kernels do not. */
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { toF16 } from '../../src/ops/toF16.ts'
import { expandF16, f16View } from '../../src/util/f16.ts'
import { Generator } from '../../src/util/generator.ts'
import { backends } from '../support/compareBackends.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'

/** What an f16 is: all 65536 of them, by the definition of binary16. */
function numberOf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
}

const finite = Array.from({ length: 0x7c00 }, (_, bits) => numberOf(bits))

/** The nearest f16 by search: of two as near, the even one. */
function nearest(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  const magnitude = Math.abs(x)
  if (magnitude >= 65520) return Math.sign(x) * Number.POSITIVE_INFINITY
  let [low, high] = [0, finite.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((finite[middle] ?? 0) <= magnitude) low = middle
    else high = middle
  }
  const [below = 0, above = 0] = [finite[low], finite[high]]
  const isAbove =
    magnitude - below > above - magnitude || (magnitude - below === above - magnitude && low % 2 === 1)
  return (Object.is(Math.sign(x), -0) || x < 0 ? -1 : 1) * (isAbove ? above : below)
}

/** Rounds on every backend and gives the numbers of the f16. */
async function round(values: Float32Array): Promise<Record<string, Float32Array>> {
  const found: Record<string, Float32Array> = {}
  for (const [name, backend] of Object.entries(backends)) {
    const graph = new Graph()
    const { y } = toF16(graph, { x: graph.resident('x', 0, [values.length]) }, {})
    graph.placeAt(y, { arena: 'y', offset: 0 })
    const bytes = 4 * Math.ceil(values.length / 4) * 4
    const arenas = { x: backend.createBuffer('x', bytes), y: backend.createBuffer('y', bytes) }
    const plan = compile(graph, { ...backend.traits, maxWorkgroupsPerDimension: 3 })
    const executable = await backend.load(plan, (arena) => (arena === 'x' ? arenas.x : arenas.y))
    backend.write(arenas.x, 0, values)
    executable.run(0)
    const words = new Uint32Array(await backend.read(arenas.y, bytes))
    found[name] = Float32Array.from(f16View(words, values.length), numberOf)
    executable.dispose()
  }
  return found
}

test.each([1, 2, 3, 67])('%i numbers', async (size) => {
  const values = Float32Array.from({ length: size }, (_, i) => (i - 7) / 3)
  const expected = Float32Array.from(values, nearest)
  for (const [backend, found] of Object.entries(await round(values))) expect(found, backend).toEqual(expected)
})

test('rounds to the nearest, ties to even; keeps what is special', async () => {
  const generator = new Generator(5)
  const special = [0, -0, 65504, 65519.9, 65520, -65520, 1e38, Infinity, -Infinity, Number.NaN]
  // All f16, the middles between them and what is next to those, of all exponents and both signs.
  const around = finite.flatMap((value, i) => {
    const middle = (value + (finite[i + 1] ?? 65536)) / 2
    return i % 37 ? [] : [value, middle, middle * (1 + 2 ** -23), middle * (1 - 2 ** -23)]
  })
  const random = Array.from(
    { length: 4096 },
    () => (generator.uniform() - 0.5) * 2 ** (generator.below(46) - 28),
  )
  const values = Float32Array.from([...special, ...around, ...around.map((x) => -x), ...random])
  const expected = Float32Array.from(values, nearest)
  for (const [backend, found] of Object.entries(await round(values))) expect(found, backend).toEqual(expected)
})

test.each([65504, 65520, -1e38, Infinity, Number.NaN])('%d among finite numbers is told', async (value) => {
  const size = 67
  for (const at of [0, 1, 2, 3, 66]) {
    const values = new Float32Array(size).fill(-65504)
    values[at] = value
    // In the words of a loss scale's state, of which the fifth alone changes.
    for (const [name, backend] of Object.entries(backends)) {
      const graph = new Graph()
      const overflowed = residentIn(graph, 'state', [5], new Uint32Array(5))
      toF16(graph, { x: residentIn(graph, 'x', [size], values), overflowed }, {})
      const memory = { x: values, state: Float32Array.of(1, 2, 3, 4, 0) }
      const plan = await LoadedPlan.load(backend, compile(graph, backend.traits), memory)
      const { state } = (await plan.run(memory, [{ start: 0, iteration: 1, rate: 0, reset: 0 }])).memory
      expect([...(state ?? [])], `${name}, at ${at}`).toEqual([1, 2, 3, 4, value === 65504 ? 0 : 1])
      plan.dispose()
    }
  }
})

test('every f16 is the number that it stands for', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits)
  const found = new Float32Array(65536)
  expandF16(new Uint32Array(all.buffer), found)
  expect(found).toEqual(Float32Array.from(all, numberOf))
})
