// Which backend models run on: chosen once by setBackend, or at the first use. Under 'auto' tiny models go to the CPU.

import { checkOneOf } from '../errors.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import { type Backend, type BackendInfo, type BackendName, CPU_TRAITS } from './backend.ts'
import { describeDevice, requestAdapter, requestDevice } from './webgpu/device.ts'
import { type Choice, WebGpuBackend } from './webgpu/webgpu.ts'

export interface BackendOptions {
  /** A device of the host page's own, taken as it is; it is not destroyed when the backend changes. */
  readonly device?: GPUDevice | null
  /**
   * Whether operations that can be launched in several ways are measured on this device, when a model with new shapes is
   * first run, instead of chosen by rule; false by default. Results are kept for the adapter: in IndexedDB in a page, in a
   * file of the user's cache in Node.
   */
  readonly autotune?: boolean
  /**
   * Strategies to take on WebGPU instead of the operations' own choices where they fit, by the operation's name:
   * `{ lstmSequence: 'step' }`; or a function that picks. For measurements and tests; `model.plan()` prints what was taken.
   * What they leave open `autotune` measures.
   */
  readonly strategies?: Readonly<Record<string, string>> | Choice['choose'] | null
}

/** The options as they were read. */
interface SelectOptions {
  readonly device?: GPUDevice | null
  readonly autotune?: boolean
  readonly strategies?: Choice['choose'] | null
}

/** What was chosen: a backend, and whether tiny models go to the CPU instead. */
interface Selection {
  readonly main: Backend
  readonly sparesTiny: boolean
  /** The backend of tiny models, made for the first of them. */
  tiny: Backend | null
}

let selection: Promise<Selection> | null = null
/** What `selection` resolved to, for those who cannot wait. */
let selected: Selection | null = null
/** The backend on a device of our own; there is one at most, however often backends are changed. */
let own: WebGpuBackend | null = null

/**
 * FLOPs of a forward pass under which a model is tiny. The CPU then computes a training step, three times that, in the time
 * that a GPU takes for its dozen launches: about 0.1 ms.
 */
export const TINY_FLOPS = 5e5

/**
 * Chooses where models run, and says where that is. Models made before go on there, with their weights.
 *
 * @param name `'auto'`, the default, takes WebGPU where a GPU answers and the CPU otherwise, also where the only adapter is
 * software (SwiftShader, llvmpipe, WARP), on which a step takes many times as long: that is taken for `'webgpu'` alone, or as
 * a `device` of the page's own. Models so small that the CPU is faster than a GPU's launches run there all the same, and
 * `model.plan()` says so.
 * @throws {RecurraError} for `'webgpu'` where no adapter answers, and for unknown options; the backend in use then stays.
 */
export async function setBackend(
  name: 'webgpu' | 'cpu' | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendInfo> {
  checkOneOf('setBackend', 'name', name, ['webgpu', 'cpu', 'auto'])
  const { readBackendOptions } = await import('./backendOptions.ts')
  const { main } = await take(select(name, readBackendOptions('setBackend', name, options)))
  return main.info
}

/** Makes a selection the one in use, as soon as it is there. */
async function take(made: Promise<Selection>): Promise<Selection> {
  const found = await made
  selected?.main.setInUse(false)
  found.main.setInUse(true)
  selection = made
  selected = found
  return found
}

/** The backend for a model, by the FLOPs of its forward pass; `'auto'` decides where nobody has. */
export async function backendFor(flops: () => number): Promise<Backend> {
  selection ??= select('auto', {}).then((found) => {
    selected = found
    return found
  })
  const found = await selection
  if (!isSpared(found, flops)) return found.main
  const made = found.tiny ?? (await createCpuBackend())
  // Two models may have come here at once.
  found.tiny ??= made
  return found.tiny
}

/** What is known of it where a choice was made already, else null; the backend of tiny models need not be made for that. */
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

/** Loaded where it is needed: a page that trains on WebGPU does without. */
const createCpuBackend = async (): Promise<Backend> => (await import('./cpu/cpu.ts')).createCpuBackend()

async function create(name: 'webgpu' | 'cpu' | 'auto', options: SelectOptions): Promise<Backend> {
  if (name === 'cpu') return createCpuBackend()
  const { device } = options
  if (device) return new WebGpuBackend(device, false, await choiceOf(device, options))
  const found = own?.isWorking ? own : await openOwn(name)
  if (!(found instanceof WebGpuBackend)) return found
  own = found
  if (name === 'auto' && own.info.adapter?.isSoftware) return passOver(own.info)
  const choice = await choiceOf(own.device, options)
  return choice ? new WebGpuBackend(own.device, false, choice) : own
}

/** A backend on a device of our own; for `'auto'` the CPU where that is not to be had, or the adapter is software. */
async function openOwn(name: 'webgpu' | 'auto'): Promise<Backend> {
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

/** Loaded where there is no GPU. */
const without = () => import('./withoutGpu.ts')

/** Who picks strategies, where not the operations themselves: what was given comes before measurements. */
async function choiceOf(
  { adapterInfo }: GPUDevice,
  { strategies, autotune }: SelectOptions,
): Promise<Choice | undefined> {
  if (!autotune) return strategies ? { choose: strategies } : undefined
  const { Tuner } = await import('./tuner.ts')
  const tuner = await Tuner.open(describeDevice(adapterInfo).description)
  return {
    choose: (choice) => strategies?.(choice) ?? tuner.choose(choice),
    tune: (backend, build) => tuner.tune(backend, build),
  }
}
