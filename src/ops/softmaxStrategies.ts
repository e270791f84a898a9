// The strategies of operations that make a row of a row, all of whose entries they read first.
//
//   rows       a thread a row: for short rows, and on software adapters, where barriers cost more than loads
//   workgroup  a workgroup a row, whose threads read neighbouring entries and add up in a fixed tree

import type { Kernel } from '../graph/kernel.ts'
import { inThreads, inWorkgroups, type Launch, LOAD_FLOPS, launchesOf } from '../graph/launch.ts'
import type { DeviceTraits, Params } from '../graph/operation.ts'

/** Columns from which a workgroup has enough to do. */
const LONG = 32

export const rowStrategies = (columns: number, { isSoftware }: DeviceTraits): [string, ...string[]] =>
  isSoftware || columns < LONG ? ['rows', 'workgroup'] : ['workgroup', 'rows']

/** The launches over `size` rows, whose columns are read or stored `loads` times. */
export function rowLaunches(
  params: Params & { readonly size: number; readonly columns: number },
  device: DeviceTraits,
  strategy: string,
  [byThread, byWorkgroup]: readonly [Kernel, Kernel],
  loads: number,
): Launch[] {
  const flops = loads * LOAD_FLOPS * params.columns
  return strategy === 'workgroup'
    ? launchesOf(byWorkgroup, params, inWorkgroups(params.size, flops), device, {
        THREADS: params.columns > 512 ? 256 : 64,
      })
    : launchesOf(byThread, params, inThreads(params.size, flops), device)
}
