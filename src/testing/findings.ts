// What a test that watches WebGPU complains of.

import { fail } from '../errors.ts'
import type { Watch, WatchEvent } from './watch.ts'

/** What is expected of the pages of a test. */
export interface Requirements {
  /** The backend on which all of Recurra's calls must have run, and at least one. Left out: any, or none. */
  readonly requireBackend?: 'webgpu' | 'cpu' | undefined
  /** Whether some page, or a worker, must have got a device, whatever library it uses. False by default. */
  readonly requireDevice?: boolean | undefined
  /** Whether devices must be those of a GPU, none of them software's. False by default. */
  readonly requireHardware?: boolean | undefined
  /** Which messages of the console are failures: `'error'`, the default, or `'warning'`, both. */
  readonly failOn?: 'error' | 'warning' | undefined
  /** Problems that contain one of these texts, or match one of these patterns, are none. */
  readonly allow?: readonly (string | RegExp)[] | undefined
}

/** What a test saw. */
export interface Findings {
  readonly events: readonly WatchEvent[]
  /** Of consoles, and errors that nobody caught. */
  readonly messages: readonly string[]
  /** Of the pages and workers that are open at the end. */
  readonly support: readonly Watch['support'][]
}

/** Problems as sentences, each once, with how often it came. */
export function problemsOf(findings: Findings, requirements: Requirements): string[] {
  const reported = [...findings.events.flatMap(reportOf), ...findings.messages]
  const { requireBackend, requireDevice, requireHardware, allow = [] } = requirements
  const missed = [
    ...(requireDevice || requireBackend === 'webgpu' ? missingDevice(findings, !requireDevice) : []),
    ...(requireBackend ? otherBackends(findings, requireBackend) : []),
    ...(requireHardware ? softwareAdapters(findings) : []),
  ]
  const counts = new Map<string, number>()
  for (const text of [...reported, ...missed]) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts]
    .filter(([text]) => !allow.some((pattern) => matches(text, pattern)))
    .map(([text, count]) => (count > 1 ? `${text} (${count} times)` : text))
}

/** @throws {RecurraError} with all problems, a line each, if there are any. */
export function failOn(problems: readonly string[], remedy: string): void {
  if (problems.length === 0) return
  const lines = problems.map((problem) => `  - ${problem.trimEnd().replaceAll('\n', '\n    ')}\n`).join('')
  fail('WebGPU in this test', {
    expected: 'no problems',
    got: String(problems.length),
    remedy: `Found:\n${lines}${remedy}`,
  })
}

const matches = (text: string, pattern: string | RegExp): boolean =>
  typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0

const named = (label: string): string => (label ? ` "${label}"` : '')

function reportOf(event: WatchEvent): string[] {
  if (event.kind === 'error') return [`${event.type} of the device${named(event.label)}: ${event.message}`]
  if (event.kind !== 'lost') return []
  const lost = `the device${named(event.label)} was lost (${event.reason}): ${event.message}`
  const hint =
    ' Nobody destroyed it: the browser cannot show what WebGPU draws to a canvas, unless it is launched with webgpuLaunchOptions().'
  return [event.reason === 'destroyed' ? lost + hint : lost]
}

function missingDevice({ events, support }: Findings, isOfRecurra: boolean): string[] {
  if (events.some(({ kind }) => kind === 'device')) return []
  const expected = 'expected a WebGPU device, got none:'
  const adapters = events.filter(({ kind }) => kind === 'adapter')
  const found = adapters.some((event) => event.kind === 'adapter' && event.found)
  // Recurra passed the adapter over: otherBackends tells it.
  if (found && isOfRecurra && events.some(({ kind }) => kind === 'backend')) return []
  if (found) return [`${expected} an adapter came, and no device was requested of it, or that failed`]
  if (adapters.length > 0)
    return [
      `${expected} requestAdapter() gave null. Launch the browser with webgpuLaunchOptions({ gpu: 'software' })`,
    ]
  if (support.some(({ secure }) => !secure))
    return [`${expected} the page is no secure context. Serve it from localhost, or by https`]
  if (support.length > 0 && support.every(({ gpu }) => !gpu))
    return [`${expected} the browser has no navigator.gpu. Launch it with webgpuLaunchOptions()`]
  return [`${expected} nobody called requestAdapter()`]
}

function otherBackends({ events }: Findings, required: 'webgpu' | 'cpu'): string[] {
  const used = [...new Set(events.flatMap((event) => (event.kind === 'backend' ? [event.backend] : [])))]
  if (used.length === 0) return [`expected Recurra to run on ${required}, got no call of a model`]
  const others = used.filter((backend) => backend !== required)
  const remedy =
    required === 'webgpu'
      ? " Under 'auto' tiny models, and all on software adapters, run on the CPU: set forceBackend: 'webgpu'"
      : ''
  return others.map((backend) => `expected Recurra to run on ${required}, got calls on ${backend}.${remedy}`)
}

const softwareAdapters = ({ events }: Findings): string[] =>
  events.flatMap((event) =>
    event.kind === 'adapter' && event.isFallback
      ? [`expected a GPU's adapter, got one in software: ${event.name}`]
      : [],
  )
