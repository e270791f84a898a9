// Divides the work of an operation into launches. An operation says how many workgroups it needs and how many FLOPs each does.
// The launches respect the device's limit for each dimension and are short: long work is divided into ranges of workgroups,
// and long sums into parts, which successive launches add to the result.
//
// A kernel asks shaders/lib/index.wgsl for the number of its workgroup. A launch has exactly the workgroups of its range, so
// kernels need no check for surplus ones.

import type { Kernel } from './kernel.ts'
import type { DeviceTraits, Params } from './operation.ts'

/** One kernel launch. The kernel's bindings have the names of the operation's tensors. */
export interface Launch {
  readonly kernel: Kernel
  readonly params: Params
  readonly overrides: Readonly<Record<string, number>>
  /** Workgroups in x, y, z. */
  readonly workgroups: readonly [x: number, y: number, z: number]
  /** Number of the launch's first workgroup, among all workgroups of the operation. */
  readonly first: number
  /** Floating-point operations, including the rows and columns past the last with which workgroups fill their tiles. */
  readonly flops: number
}

/** The amount of work of an operation. */
export interface Work {
  readonly workgroups: number
  /** Floating-point operations of one workgroup, including rows and columns past the last. */
  readonly flops: number
  /**
   * Terms of the sum that a workgroup computes, if successive launches can add parts of it: the params `start` and `until`
   * give the terms of a launch.
   */
  readonly terms?: number | undefined
}

/**
 * Floating-point operations that a slow GPU does in about 50 ms: an integrated one of 400 GFLOP/s at 5% of its peak. Drivers
 * end launches that take seconds, and the page is not drawn during a launch. Software adapters have no such watchdog, and a
 * launch costs them more.
 */
const LAUNCH_FLOPS = 2 ** 30
const SOFTWARE_LAUNCH_FLOPS = 2 ** 34
/** FLOPs that take as long as a load or store of one number. */
export const LOAD_FLOPS = 8
/** FLOPs of a thread of a simple kernel: four loads or stores. */
const THREAD_FLOPS = 4 * LOAD_FLOPS
/** Workgroups that fill a large GPU. A range with fewer would leave it idle, so the sums are divided instead. */
const FULL = 256
/** The least number of terms in a part, and their granularity: the blocks in which kernels add terms divide it. */
const LEAST_TERMS = 256
const TERMS = 64
/** Threads of a workgroup by default. */
const THREADS = 64
/** How many numbers of rows are tried before the workgroups are divided into several launches. */
const ARRANGEMENTS = 64

/** The most floating-point operations of one launch. */
export const launchFlopsOf = ({ launchFlops, isSoftware }: DeviceTraits): number =>
  launchFlops ?? (isSoftware ? SOFTWARE_LAUNCH_FLOPS : LAUNCH_FLOPS)

/** The work of `workgroups` workgroups of `flops` each. */
export const inWorkgroups = (workgroups: number, flops = THREADS * THREAD_FLOPS): Work => ({
  workgroups,
  flops,
})

/** The work of `threads` threads of `flops` each, in workgroups of 64. */
export const inThreads = (threads: number, flops = THREAD_FLOPS): Work =>
  inWorkgroups(Math.ceil(threads / THREADS), THREADS * flops)

/** The work of `layers` matrix products, a workgroup for each tile of the result: 2 FLOPs for each term of each element. */
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

/** The launches of `kernel` that do `work`. Overrides that are not given are taken from the params of their names. */
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

/** Divides the sum into parts if with the whole sum a launch could not have enough workgroups to fill a GPU. */
function partsOf({ workgroups, flops, terms }: Work, budget: number): Part[] {
  if (terms === undefined) return [{ start: 0, until: 0 }]
  const wanted = Math.min(workgroups, FULL)
  if (wanted * flops <= budget) return [{ start: 0, until: terms }]
  const fitting = Math.floor((budget * terms) / (flops * wanted * TERMS)) * TERMS
  return evenly(terms, Math.max(fitting, LEAST_TERMS), TERMS)
}

/** Divides 0 to `count` into the fewest parts of at most `most`; all but the last are equal, and multiples of `unit`. */
function evenly(count: number, most: number, unit = 1): Part[] {
  const size = Math.ceil(count / Math.max(Math.ceil(count / most), 1) / unit) * unit
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    start: i * size,
    until: Math.min((i + 1) * size, count),
  }))
}

interface Box {
  readonly first: number
  readonly box: readonly [number, number, number]
}

/** Arranges `count` workgroups in x, y and z: in one box if possible, else in several. */
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

/** The params that are overrides of a kernel. */
function overridesOf(kernel: Kernel, params: Params): Record<string, number> {
  const overrides: Record<string, number> = {}
  for (const { name } of kernel.overrides) {
    const value = params[name]
    if (typeof value === 'number') overrides[name] = value
  }
  return overrides
}
