// Sources that are a folder: its address, its path, its handle, or a list of its files.

import type { ReadOptions, Source } from '../models/saving.ts'
import { isA } from '../util/realms.ts'
import { Progress } from './progress.ts'
import { attempts, reachOf } from './source.ts'

/** Reads files of a folder by their names. What a signal aborts ends with its reason. */
export async function readFolder(
  source: Source,
  names: readonly string[],
  where: string,
  { signal, onProgress }: ReadOptions,
): Promise<Uint8Array[]> {
  const attempt = attempts(where, signal)
  const isAddress = isA(source, 'URL') || typeof source === 'string'
  const folder = isAddress ? String(source).replace(/[/\\]?$/, '/') : source
  const reach = await reachOf(folder, where, new Progress(onProgress ?? null), signal ?? null)
  return attempt(() => Promise.all(names.map((name) => reach.beside(name))))
}
