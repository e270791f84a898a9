// Loads ejected modules into Node.

import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Tensor } from '../../src/index.ts'

/** What an ejected module exports, by its documentation. */
export interface EjectedModule {
  load(options?: { readonly backend?: string; readonly device?: GPUDevice | null }): Promise<{
    readonly name: string
    readonly inputs: readonly { name: string; shape: readonly number[]; isInteger: boolean }[]
    readonly outputs: readonly { name: string; shape: readonly number[] }[]
    readonly backend: string
    readonly description: string
    predict(x: unknown): Promise<Tensor | Tensor[]>
    resetStates(): Promise<void>
    dispose(): void
  }>
}

const folder = new URL('../artifacts/ejected/', import.meta.url)
let files = 0

/** Imports the text of a module, which has nothing of this process but what a browser has, too. */
export async function importText(text: string): Promise<EjectedModule> {
  mkdirSync(folder, { recursive: true })
  // Vitest leaves modules in this folder to Node, which knows no other modules that a page would not know.
  const file = new URL(`${process.pid}_${files++}.js`, folder)
  writeFileSync(file, text)
  return import(/* @vite-ignore */ fileURLToPath(file))
}
