// Launches of the kernels that an operation has beside its own.

import type { Kernel } from '../graph/kernel.ts'
import { type DeviceTraits, type Launch, overridesOf, type Params, spread } from '../graph/operation.ts'

/** A launch over workgroups in x, y, z, with the kernel's own scalars taken from the operation's. */
export const launchOf = (
  kernel: Kernel,
  params: Params,
  workgroups: Launch['workgroups'],
  overrides: Readonly<Record<string, number>> = {},
): Launch => ({ kernel, params, overrides: { ...overridesOf(kernel, params), ...overrides }, workgroups })

/** A launch of so many threads in workgroups of 64. */
export const threadsOf = (
  kernel: Kernel,
  params: Params,
  threads: number,
  device: DeviceTraits,
  overrides?: Readonly<Record<string, number>>,
): Launch => launchOf(kernel, params, spread(Math.ceil(threads / 64), device), overrides)

/** Workgroups that cover rows and columns with square tiles. */
export const tiles = (
  columns: number,
  rows: number,
  depth: number,
  side: number,
): [number, number, number] => [Math.ceil(columns / side), Math.ceil(rows / side), depth]
