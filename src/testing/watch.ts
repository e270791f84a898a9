/**
 * Watches WebGPU where it is used: a page, a worker, or Node. Every device that anybody requests is followed, whatever library
 * requests it: its uncaptured errors and its loss are events. The function is sent to pages as text, so it refers to nothing outside
 * itself.
 */

import type { FitTold } from '../util/testHook.ts'

/** What {@link installWatch} is told. */
export interface WatchConfig {
  /** What the messages to the console begin with that carry the events; null where events are only kept. */
  readonly marker: string | null
  /** The text that begins a worker's script, so that the worker is watched, too; null where workers are left alone. */
  readonly workerScript: string | null
  /** What goes to the global `__recurra__`. */
  readonly backend?: 'webgpu' | 'cpu' | undefined
  readonly seed?: number | undefined
}

/** Something that happened. */
export type WatchEvent =
  | {
      /** What happened. */ readonly kind: 'adapter'
      readonly found: boolean
      readonly isFallback: boolean
      readonly name: string
    }
  | { readonly kind: 'device'; readonly label: string; readonly adapter: string }
  | { readonly kind: 'error'; readonly label: string; readonly type: string; readonly message: string }
  | { readonly kind: 'lost'; readonly label: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'backend'; readonly backend: 'webgpu' | 'cpu' }

/** How tests ask what is watched: the global `__gpuWatch__`. */
export interface Watch {
  /** What happened so far. */
  readonly events: WatchEvent[]
  /** Live devices, and how many of them there are. */
  readonly liveDevices: () => number
  /** Resolves when every error of what was done so far has become an event. */
  flush(): Promise<void>
  /** From now on the loss of devices that live now is no event. Returns how many they are. */
  expectLoss(): number
  /** Resolves when the devices are lost whose loss was expected. */
  allLost(): Promise<void>
  /** Requests an adapter and a device that nobody watches, and says whether both came. */
  recovers(): Promise<boolean>
  /** When the newest fit began, in milliseconds since 1970, and how it ends; null if there was none. */
  lastFit(): { readonly began: number; readonly end: Promise<FitTold> } | null
  /** Whether a page here can have WebGPU at all. */
  readonly support: { readonly gpu: boolean; readonly secure: boolean }
}

declare global {
  var __gpuWatch__: Watch | undefined
}

/** Lays the global `__gpuWatch__` down, and `__recurra__`, once. Refers to nothing outside itself. */
export function installWatch(config: WatchConfig): void {
  if (globalThis.__gpuWatch__) return
  interface Followed {
    readonly device: GPUDevice
    readonly label: string
    isLive: boolean
    isDestroyed: boolean
    isLossExpected: boolean
  }
  const events: WatchEvent[] = []
  const followed: Followed[] = []
  let lastFit: ReturnType<Watch['lastFit']> = null

  const tell = (event: WatchEvent): void => {
    events.push(event)
    if (config.marker !== null) console.debug(config.marker + JSON.stringify(event))
  }
  const nameOf = (info: GPUAdapterInfo | undefined): string =>
    info?.description ||
    [info?.vendor, info?.architecture, info?.device].filter(Boolean).join(' ') ||
    'an unnamed adapter'

  const follow = (device: GPUDevice, adapter: GPUAdapter): void => {
    const entry: Followed = {
      device,
      label: device.label,
      isLive: true,
      isDestroyed: false,
      isLossExpected: false,
    }
    followed.push(entry)
    device.addEventListener('uncapturederror', ({ error }) =>
      tell({
        kind: 'error',
        label: device.label,
        type: error.constructor.name,
        message: error.message,
      }),
    )
    const destroy = device.destroy.bind(device)
    device.destroy = () => {
      entry.isDestroyed = true
      return destroy()
    }
    device.lost.then(({ reason, message }) => {
      entry.isLive = false
      // A browser that cannot show a canvas says "destroyed" of a device that nobody destroyed.
      if (!entry.isDestroyed && !entry.isLossExpected)
        tell({ kind: 'lost', label: device.label, reason, message })
    })
    tell({ kind: 'device', label: device.label, adapter: nameOf(adapter.info) })
  }

  const ownRequestAdapter = globalThis.GPU?.prototype.requestAdapter
  const ownRequestDevice = globalThis.GPUAdapter?.prototype.requestDevice
  if (ownRequestAdapter && ownRequestDevice) {
    GPU.prototype.requestAdapter = async function (options) {
      const adapter = await ownRequestAdapter.call(this, options)
      const isFallback = adapter?.info.isFallbackAdapter === true
      tell({
        kind: 'adapter',
        found: adapter !== null,
        isFallback,
        name: adapter ? nameOf(adapter.info) : '',
      })
      return adapter
    }
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await ownRequestDevice.call(this, descriptor)
      follow(device, this)
      return device
    }
  }

  const { workerScript } = config
  if (workerScript !== null && globalThis.Worker) {
    const blobs = new Map<string, Blob>()
    const { createObjectURL, revokeObjectURL } = URL
    URL.createObjectURL = (object: Blob | MediaSource) => {
      const url = createObjectURL.call(URL, object)
      if (object instanceof Blob) blobs.set(url, object)
      return url
    }
    URL.revokeObjectURL = (url: string) => {
      blobs.delete(url)
      revokeObjectURL.call(URL, url)
    }
    /** The address of a script that is watched: a blob that begins with the watch, or one that the test completes as it is fetched. */
    const watched = (given: string | URL, type: string | undefined): string | URL => {
      const url = new URL(given, document.baseURI)
      const blob = blobs.get(url.href)
      if (blob) return createObjectURL.call(URL, new Blob([`${workerScript};`, blob], { type: blob.type }))
      if (!/^https?:$/.test(url.protocol)) return given
      url.searchParams.set('__gpuWatch__', type ?? 'classic')
      return url
    }
    globalThis.Worker = new Proxy(globalThis.Worker, {
      construct: (target, [url, options], newTarget) =>
        Reflect.construct(target, [watched(url, options?.type), options], newTarget),
    })
  }

  globalThis.__recurra__ = {
    ...globalThis.__recurra__,
    ...(config.backend !== undefined && { backend: config.backend }),
    ...(config.seed !== undefined && { seed: config.seed }),
    onUse(backend) {
      if (!events.some((event) => event.kind === 'backend' && event.backend === backend))
        tell({ kind: 'backend', backend })
    },
    onFit(fit) {
      // Copies, because the page may change its own.
      const end = fit.then(({ backend, history }) => ({ backend, history: structuredClone(history) }))
      // Whether the page handles its failure is the page's affair.
      end.catch(() => undefined)
      lastFit = { began: performance.timeOrigin + performance.now(), end }
    },
  }

  const live = (): Followed[] => followed.filter(({ isLive }) => isLive)
  globalThis.__gpuWatch__ = {
    events,
    liveDevices: () => live().length,
    async flush() {
      await Promise.all(
        live().map(async ({ device }) => {
          try {
            device.pushErrorScope('internal')
            await device.popErrorScope()
          } catch {
            // A device that is lost meanwhile has told so.
          }
        }),
      )
      await new Promise((resolve) => setTimeout(resolve))
    },
    expectLoss() {
      for (const entry of live()) entry.isLossExpected = true
      return live().length
    },
    async allLost() {
      await Promise.all(
        followed.filter(({ isLossExpected }) => isLossExpected).map(({ device }) => device.lost),
      )
    },
    async recovers() {
      const adapter = await ownRequestAdapter?.call(navigator.gpu)
      if (!adapter) return false
      try {
        const device = await ownRequestDevice?.call(adapter)
        device?.destroy()
        return device !== undefined
      } catch {
        return false
      }
    },
    lastFit: () => lastFit,
    support: {
      gpu: Boolean(globalThis.navigator?.gpu),
      secure: globalThis.isSecureContext !== false,
    },
  }
}
