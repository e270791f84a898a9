// What a test lays down for the pages and programs that it drives, before their scripts run: the global `__recurra__`.

/** The global `__recurra__`, which tests set before Recurra is first used; `recurra/playwright` does it in pages and their workers. */
export interface TestHook {
  /** Where everything runs, whatever `setBackend` is given. Under `'webgpu'` tiny models and software adapters are no exception. */
  readonly backend?: 'webgpu' | 'cpu' | undefined
  /** What random draws start from, whatever `setSeed` is given. */
  readonly seed?: number | undefined
  /** Called when a model's call or an operation on data begins, with the backend that it runs on. */
  onUse?(backend: 'webgpu' | 'cpu'): void
  /** Called with each call of `fit` as it begins. The promise is the one that the caller has, and rejects if the fit fails. */
  onFit?(fit: Promise<FitTold>): void
}

/** What of a fit's history a test is told. */
export interface FitTold {
  /** The losses and metrics of its epochs. */
  readonly history: {
    readonly loss: readonly number[]
    readonly [name: string]: readonly number[] | undefined
  }
  /** Where the fit ran. */
  readonly backend: 'webgpu' | 'cpu'
}

declare global {
  var __recurra__: TestHook | undefined
}

export const testHook = (): TestHook | undefined => globalThis.__recurra__
