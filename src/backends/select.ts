// The backend in use: chosen by setBackend, or at the first use. Under 'auto' tiny models run on the CPU.

import { checkOneOf } from '../errors.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import type { OfGlobal } from '../util/ofGlobal.ts'
import { testHook } from '../util/testHook.ts'
import {
  type Backend,
  type BackendChoice,
  type BackendInfo,
  type BackendName,
  type Choice,
  CPU_TRAITS,
  TINY_FLOPS,
} from './backend.ts'
import { describeDevice, requestAdapter, requestDevice } from './webgpu/device.ts'
import { WebGpuBackend } from './webgpu/webgpu.ts'

export interface BackendOptions {
  /** A device of the host page, which is used as it is, and not destroyed when the backend changes. */
  readonly device?: OfGlobal<'GPUDevice', object> | null
  /**
   * Whether operations that can be launched in several ways are measured on this device, when a model with new shapes is
   * first run, instead of chosen by rule; false by default. Results are stored for the adapter: in IndexedDB in a page, in a
   * file of the user's cache in Node.
   */
  readonly autotune?: boolean
  /**
   * Strategies to take on WebGPU instead of the operations' own choices where they fit, by the operation's name:
   * `{ lstm: 'timestep' }`; or a function that picks. For measurements and tests; `model.plan()` prints what was taken.
   * `autotune` measures the operations for which none is given.
   */
  readonly strategies?: Readonly<Record<string, string>> | Choice['choose'] | null
}

/** The options as they were read. */
interface SelectOptions {
  readonly device?: GPUDevice | null
  readonly autotune?: boolean
  readonly strategies?: Choice['choose'] | null
}

/** The choice: a backend, and whether tiny models run on the CPU instead. */
interface Selection {
  readonly main: Backend
  readonly sparesTiny: boolean
  /** The backend of tiny models, made for the first of them. */
  tiny: Backend | null
}

let selection: Promise<Selection> | null = null
/** The value of `selection` once it has resolved, for synchronous callers. */
let selected: Selection | null = null
/** The backend on a device that Recurra requested. It is cached, so that there is at most one such device. */
let cached: WebGpuBackend | null = null

/**
 * Chooses where models run, and says where that is, and why. Models made before go on there, with their weights.
 *
 * @param name `'auto'`, the default, takes WebGPU where a GPU answers and the CPU otherwise, also where the only adapter is
 * software (SwiftShader, llvmpipe, WARP), on which a step takes many times as long: that is taken for `'webgpu'` alone, or as
 * a `device` of the page's own. Models so small that the CPU is faster than a GPU's launches run there all the same, and
 * `model.plan()`, `model.backend` and `history.backend` say so.
 * @throws {RecurraError} for `'webgpu'` where no adapter answers, and for unknown options; the backend in use then stays.
 */
export async function setBackend(
  name: 'webgpu' | 'cpu' | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendChoice> {
  checkOneOf('setBackend', 'name', name, ['webgpu', 'cpu', 'auto'])
  const { readBackendOptions, explain } = await readers()
  const read = readBackendOptions('setBackend', name, options)
  const taken = testHook()?.backend ?? name
  const { main, sparesTiny } = await take(select(taken, read))
  return explain(taken, main.info, read.device !== null, sparesTiny ? TINY_FLOPS : 0)
}

/** Puts a selection into use once it has resolved. */
async function take(made: Promise<Selection>): Promise<Selection> {
  const found = await made
  selected?.main.setInUse(false)
  found.main.setInUse(true)
  selection = made
  selected = found
  return found
}

/** The backend for a model, given the FLOPs of its forward pass. If no backend was chosen, `'auto'` is. */
export async function backendFor(flops: () => number): Promise<Backend> {
  selection ??= select(testHook()?.backend ?? 'auto', {}).then((found) => {
    selected = found
    return found
  })
  const found = await selection
  const backend = isSpared(found, flops) ? (found.tiny ?? (await createTiny(found))) : found.main
  testHook()?.onUse?.(backend.info.backend)
  return backend
}

async function createTiny(found: Selection): Promise<Backend> {
  const made = await createCpuBackend()
  // Another model may have made one meanwhile.
  found.tiny ??= made
  return found.tiny
}

/** Name and traits of the backend for a model, without creating it; null if no backend was chosen yet. */
export function selectedBackend(
  flops: () => number,
): { readonly name: BackendName; readonly traits: DeviceTraits } | null {
  if (selected === null) return null
  if (isSpared(selected, flops)) return { name: 'cpu', traits: CPU_TRAITS }
  const { info, traits } = selected.main
  return { name: info.backend, traits }
}

const isSpared = ({ sparesTiny }: Selection, flops: () => number): boolean =>
  sparesTiny && flops() < TINY_FLOPS

async function select(name: 'webgpu' | 'cpu' | 'auto', options: SelectOptions): Promise<Selection> {
  const main = await create(name, options)
  return { main, sparesTiny: name === 'auto' && main.info.backend === 'webgpu', tiny: null }
}

/** Loaded dynamically, because a page that trains on WebGPU does not need the CPU backend. */
const cpu = () => import('./cpu/cpu.ts')
const createCpuBackend = async (): Promise<Backend> => (await cpu()).createCpuBackend()

async function create(name: 'webgpu' | 'cpu' | 'auto', options: SelectOptions): Promise<Backend> {
  if (name === 'cpu') return createCpuBackend()
  const { device } = options
  if (device) return new WebGpuBackend(device, false, await choiceOf(device, options))
  const found = cached?.isWorking ? cached : await openDevice(name)
  if (!(found instanceof WebGpuBackend)) return found
  cached = found
  if (name === 'auto' && cached.info.adapter?.isSoftware) return passOver(cached.info)
  const choice = await choiceOf(cached.device, options)
  return choice ? new WebGpuBackend(cached.device, false, choice) : cached
}

/** A backend on a new device; for `'auto'` the CPU backend if there is no device, or if the adapter is software. */
async function openDevice(name: 'webgpu' | 'auto'): Promise<Backend> {
  try {
    const adapter = await requestAdapter()
    if (!adapter) return (await without()).withoutAdapter(name)
    const info = describeDevice(adapter.info)
    if (name === 'auto' && info.adapter?.isSoftware) return passOver(info)
    return new WebGpuBackend(await requestDevice(adapter), true)
  } catch (error) {
    return (await without()).withoutDevice(name, error)
  }
}

const passOver = async (info: BackendInfo): Promise<Backend> => (await without()).passOver(info)

/** Loaded dynamically, because most pages have a GPU. */
const without = () => import('./withoutGpu.ts')

const readers = () => import('./backendOptions.ts')

const tuning = () => import('./tuner.ts')

/** The choice of strategies by option: given strategies come before measured ones. Undefined if operations choose by rule. */
async function choiceOf(
  { adapterInfo }: GPUDevice,
  { strategies, autotune }: SelectOptions,
): Promise<Choice | undefined> {
  if (!autotune) return strategies ? { choose: strategies } : undefined
  const { Tuner } = await tuning()
  const tuner = await Tuner.open(describeDevice(adapterInfo).description)
  return {
    choose: (choice) => strategies?.(choice) ?? tuner.choose(choice),
    tune: (backend, build) => tuner.tune(backend, build),
  }
}
