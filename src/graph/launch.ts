// From an operation's workgroups to launches that a device can take. An operation says how many workgroups it needs and what
// each of them does; here they become launches that keep to the device's limit for each dimension, and that do not hold it
// for long: longer work is cut into ranges of workgroups, and sums of many terms into parts that one launch after another adds.
//
// A kernel learns from shaders/lib/index.wgsl which of the workgroups it is. A launch has exactly the workgroups of its range,
// so that no kernel has to look for those that are too many.

import type { Kernel } from './kernel.ts'
import type { DeviceTraits, Params } from './operation.ts'

/** One kernel launch. Bindings carry the names of the operation's tensors. */
export interface Launch {
  readonly kernel: Kernel
  readonly params: Params
  readonly overrides: Readonly<Record<string, number>>
  /** Workgroups in x, y, z. */
  readonly workgroups: readonly [x: number, y: number, z: number]
  /** Number of its first workgroup among those of the operation. */
  readonly first: number
  /** What it does, in floating-point operations: also for rows and columns past the last, which workgroups compute, too. */
  readonly flops: number
}

/** What an operation asks for. */
export interface Work {
  readonly workgroups: number
  /** Floating-point operations of one workgroup, whether or not its rows and columns are there. */
  readonly flops: number
  /**
   * Terms of the sum that a workgroup makes, where launches can make it one part after the other: `start` and `until` of
   * the params say which.
   */
  readonly terms?: number | undefined
}

/**
 * Floating-point operations that a slow GPU does in some 50 ms: an integrated one of 400 GFLOP/s at 5%. Drivers end launches
 * that take seconds, and nothing else is drawn meanwhile. Software adapters have no such watchdog, and pay for each launch.
 */
const LAUNCH_FLOPS = 2 ** 30
const SOFTWARE_LAUNCH_FLOPS = 2 ** 34
/** What a number that is read or written counts as: memory takes about as long. */
export const LOAD_FLOPS = 8
/** What a thread of a simple kernel counts as. */
const THREAD_FLOPS = 4 * LOAD_FLOPS
/** Workgroups that fill a large GPU: a launch of fewer is rather cut along its sums. */
const FULL = 256
/** Terms of a part at least, and of what their number is a multiple: the steps of all kernels divide it. */
const LEAST_TERMS = 256
const TERMS = 64
/** Threads of a workgroup, where a kernel has no other number. */
const THREADS = 64
/** How many ways to arrange workgroups in rows are tried before some go to a launch of their own. */
const ARRANGEMENTS = 64

/** Floating-point operations that one launch may do. */
export const launchFlopsOf = ({ launchFlops, isSoftware }: DeviceTraits): number =>
  launchFlops ?? (isSoftware ? SOFTWARE_LAUNCH_FLOPS : LAUNCH_FLOPS)

/** The work of so many workgroups. */
export const inWorkgroups = (workgroups: number, flops = THREADS * THREAD_FLOPS): Work => ({
  workgroups,
  flops,
})

/** The work of so many threads in workgroups of 64, each of which does `flops`. */
export const inThreads = (threads: number, flops = THREAD_FLOPS): Work =>
  inWorkgroups(Math.ceil(threads / THREADS), THREADS * flops)

/** The work of a product's tiles over columns and rows, in layers: 2 FLOPs for each term of each number of a tile. */
export const inTiles = (
  columns: number,
  rows: number,
  layers: number,
  terms: number,
  [width, height]: readonly [width: number, height: number],
): Work & { readonly terms: number } => ({
  workgroups: Math.ceil(columns / width) * Math.ceil(rows / height) * layers,
  flops: 2 * width * height * terms,
  terms,
})

/** The launches of `kernel` that do `work`; its override constants are taken from the params where they are not given. */
export function launchesOf(
  kernel: Kernel,
  params: Params,
  work: Work,
  device: DeviceTraits,
  overrides: Readonly<Record<string, number>> = {},
): Launch[] {
  const constants = { ...overridesOf(kernel, params), ...overrides }
  const parts = partsOf(work, launchFlopsOf(device))
  return parts.flatMap(({ start, until }) => {
    const flops = work.terms === undefined ? work.flops : (work.flops * (until - start)) / work.terms
    const most = Math.max(1, Math.floor(launchFlopsOf(device) / Math.max(flops, 1)))
    const part = work.terms === undefined ? params : { ...params, start, until }
    return evenly(Math.max(work.workgroups, 1), most)
      .flatMap(({ start: first, until: end }) =>
        boxesOf(first, end - first, device.maxWorkgroupsPerDimension),
      )
      .map(({ first, box }) => ({
        kernel,
        params: part,
        overrides: constants,
        workgroups: box,
        first,
        flops: flops * box[0] * box[1] * box[2],
      }))
  })
}

interface Part {
  readonly start: number
  readonly until: number
}

/** Parts of the sum, where all of it lets a launch have too few workgroups to fill a GPU. */
function partsOf({ workgroups, flops, terms }: Work, budget: number): Part[] {
  if (terms === undefined) return [{ start: 0, until: 0 }]
  const wanted = Math.min(workgroups, FULL)
  if (wanted * flops <= budget) return [{ start: 0, until: terms }]
  const fitting = Math.floor((budget * terms) / (flops * wanted * TERMS)) * TERMS
  return evenly(terms, Math.max(fitting, LEAST_TERMS), TERMS)
}

/** 0 to `count` in the fewest parts of at most `most`, all but the last equal and multiples of `step`. */
function evenly(count: number, most: number, step = 1): Part[] {
  const size = Math.ceil(count / Math.max(Math.ceil(count / most), 1) / step) * step
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    start: i * size,
    until: Math.min((i + 1) * size, count),
  }))
}

interface Box {
  readonly first: number
  readonly box: readonly [number, number, number]
}

/** Workgroups in x, y and z that are `count` together: one box where they can be arranged so, else the rest in others. */
function boxesOf(first: number, count: number, most: number): Box[] {
  if (count <= most) return [{ first, box: [count, 1, 1] }]
  const least = Math.ceil(count / most)
  for (let rows = least; rows <= Math.min(most, least + ARRANGEMENTS); rows++) {
    if (count % rows === 0) return [{ first, box: [count / rows, rows, 1] }]
  }
  const rows = Math.min(Math.floor(count / most), most)
  const layers = Math.min(Math.max(Math.floor(count / most / most), 1), most)
  const size = most * rows * layers
  const box = [most, rows, layers] as const
  return size === count ? [{ first, box }] : [{ first, box }, ...boxesOf(first + size, count - size, most)]
}

/** Those scalars that are override constants of a kernel: each set of them is a pipeline of its own. */
function overridesOf(kernel: Kernel, params: Params): Record<string, number> {
  const overrides: Record<string, number> = {}
  for (const { name } of kernel.overrides) {
    const value = params[name]
    if (typeof value === 'number') overrides[name] = value
  }
  return overrides
}
